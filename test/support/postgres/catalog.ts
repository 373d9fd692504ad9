import type { EmbeddedServer } from '../../../commands/embedded/server';
import { until } from '../until';
import { query, superuserUrl } from './database';

/** Catalogs of a database and its server in which a statement that changes an object writes a row. */
const CATALOGS =
  'aggregate am attrdef attribute auth_members authid cast class collation constraint conversion database db_role_setting ' +
  'default_acl depend description enum event_trigger extension foreign_data_wrapper foreign_server foreign_table index ' +
  'inherits init_privs language largeobject_metadata namespace opclass operator opfamily partitioned_table policy proc ' +
  'publication publication_namespace publication_rel range rewrite seclabel sequence shdescription shseclabel ' +
  'statistic_ext subscription tablespace transform trigger ts_config ts_dict type user_mapping';

/** What a session creates for itself goes a moment after its end; the schemas for it stay. */
const TEMPORARY = `select from pg_class where relnamespace in (select oid from pg_namespace where nspname ~ '^pg_temp_')
         union all select from pg_proc where pronamespace in (select oid from pg_namespace where nspname ~ '^pg_temp_')`;

/**
 * Every row of the catalogs with its content and the transaction that wrote it, so that an object that is dropped and
 * created again, or written without a difference, is noticed. Less the logins that have a password, which every run sets.
 */
export async function catalogRows(server: EmbeddedServer): Promise<string[]> {
  await until(async () => (await query(superuserUrl(server), TEMPORARY)).length === 0);
  const tables = CATALOGS.split(' ').map((name) => {
    const rest =
      { authid: 'where rolpassword is null', namespace: "where nspname !~ '^pg_(toast_)?temp_'" }[name] ?? '';
    return `select format('${name} %s %s', t.xmin, t) as row from pg_${name} t ${rest}`;
  });
  const rows = await query<{ row: string }>(superuserUrl(server), tables.join(' union all '));
  return rows.map(({ row }) => row).sort();
}

/** What differs between two readings, each row cut short. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const only = [
    ...before.filter((row) => !now.has(row)).map((row) => `- ${row}`),
    ...after.filter((row) => !old.has(row)),
  ];
  return only.map((row) => row.slice(0, 120));
}
