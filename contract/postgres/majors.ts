/** Major versions of PostgreSQL that the contract supports, the oldest first. */
export const POSTGRES_MAJORS = ['15', '16', '17', '18'] as const;
/** One of the versions above. */
export type PostgresMajor = (typeof POSTGRES_MAJORS)[number];
/** The version of a new database, unless its file names another one. */
export const DEFAULT_MAJOR: PostgresMajor = '16';
