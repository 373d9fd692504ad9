/** Majors of PostgreSQL for which an embedded build is installed. */
export const EMBEDDED_MAJORS = ['15', '16', '17', '18'] as const;
export type EmbeddedMajor = (typeof EMBEDDED_MAJORS)[number];
export const DEFAULT_MAJOR: EmbeddedMajor = '16';
