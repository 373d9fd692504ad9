/** Major versions of PostgreSQL that the contract supports, the oldest first. */
export const POSTGRES_MAJORS = ['15', '16', '17', '18'] as const;
/** One of the versions above. */
export type PostgresMajor = (typeof POSTGRES_MAJORS)[number];
/** One of the versions above, or a minor version of one. */
export type PostgresVersion = PostgresMajor | `${PostgresMajor}.${number}`;
/** The version of a new database, unless its file names another one. */
export const DEFAULT_MAJOR: PostgresMajor = '16';

/** The text of a major or a minor version of the ones above. */
export const POSTGRES_VERSION = new RegExp(`^(?:${POSTGRES_MAJORS.join('|')})(?:\\.[1-9]\\d?)?$`);

/** The major version of a version, and the number of its minor version where it has one. */
export function partsOf(version: PostgresVersion): { readonly major: PostgresMajor; readonly minor?: number } {
  const [major, minor] = version.split('.');
  return { major: major as PostgresMajor, minor: minor === undefined ? undefined : Number(minor) };
}
