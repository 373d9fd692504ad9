/** What the database is: one RDS for PostgreSQL instance with a standby, or a cluster of Aurora PostgreSQL. */
export const DATABASE_FORMS = ['instance', 'aurora'] as const;
/** One of the forms above. */
export type DatabaseForm = (typeof DATABASE_FORMS)[number];
