import { GONE, STRANGER, sabotage } from './access-sabotages';
import type { Sabotage } from './role-sabotages';

const AS_STRANGER = `${STRANGER}; create schema planted authorization stranger; set role stranger`;
const FUNCTION = 'create function planted.fires() returns trigger language plpgsql as $$ begin return new; end $$';

/** What others leave in the database for sessions of the contract to run, and what hides rows from a dump. */
export const FOREIGN_CODE_SABOTAGES: readonly Sabotage[] = [
  sabotage(
    'database.public',
    'a column opened to everybody',
    'grant select (body) on osv_cache, hub_findings_current_observations to public',
    'PUBLIC has SELECT on column body of hub_findings_current_observations; PUBLIC has SELECT on column body of osv_cache',
    'revoke select (body) on osv_cache, hub_findings_current_observations from public',
  ),
  sabotage(
    'database.public',
    'tables to come that everybody reads',
    'alter default privileges for role agent_bom_owner in schema public grant select on tables to public',
    'PUBLIC will have SELECT on what agent_bom_owner creates',
    'alter default privileges for role agent_bom_owner in schema public revoke select on tables from public',
  ),
  sabotage(
    'schema.foreign-code',
    'an operator of another role',
    `${AS_STRANGER}; create function planted.same(int, text) returns bool language sql as 'select true'; reset role;
     create operator public.= (function = planted.same, leftarg = int, rightarg = text);
     alter operator public.= (int, text) owner to stranger`,
    'operator public.=(integer,pg_catalog.text) of stranger: DROP OPERATOR public.=(integer,pg_catalog.text);',
  ),
  sabotage(
    'schema.foreign-code',
    'a domain of another role',
    `${STRANGER}; create domain public.regrole as text; alter domain public.regrole owner to stranger`,
    'type public.regrole of stranger: DROP TYPE public.regrole;',
  ),
  sabotage(
    'schema.foreign-code',
    'a type of another role that brings routines of its name',
    `${STRANGER}; create type public.daterange as range (subtype = int); alter type public.daterange owner to stranger`,
    'type public.daterange of stranger: DROP TYPE public.daterange;',
  ),
  sabotage(
    'schema.foreign-code',
    'a cast of another role',
    `${AS_STRANGER}; create type planted.kind as enum ('a');
     create function planted.of(text) returns planted.kind language sql as $$ select 'a'::planted.kind $$;
     create cast (text as planted.kind) with function planted.of(text) as implicit`,
    'cast (pg_catalog.text AS planted.kind): DROP CAST (pg_catalog.text AS planted.kind);',
  ),
  sabotage(
    'schema.foreign-code',
    'a trigger that calls what another role may change',
    `${AS_STRANGER}; ${FUNCTION}; reset role; grant usage on schema planted to public;
     create trigger hook before insert on osv_cache for each row execute function planted.fires()`,
    'trigger hook on public.osv_cache calls planted.fires() of stranger: DROP TRIGGER hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a rule that calls what another role may change',
    `${AS_STRANGER}; create function planted.one() returns int language sql as 'select 1'; reset role;
     create rule hook as on delete to osv_cache do also select planted.one()`,
    'rule hook on public.osv_cache calls planted.one() of stranger: DROP RULE hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a default that calls what another role may change',
    `${AS_STRANGER}; create function planted.body() returns jsonb language sql as $$ select '{}'::jsonb $$; reset role;
     alter table osv_cache alter body set default planted.body()`,
    'default value for public.osv_cache.body calls planted.body() of stranger: ALTER TABLE public.osv_cache ALTER body DROP DEFAULT;',
  ),
  sabotage(
    'schema.foreign-code',
    'a schema that has the name of a login',
    'create schema agent_bom_app',
    'schema agent_bom_app, into which sessions of the role agent_bom_app look first: ALTER SCHEMA agent_bom_app RENAME TO agent_bom_app_renamed;',
    'drop schema agent_bom_app',
  ),
  sabotage(
    'schema.foreign-code',
    'a login that creates in public',
    `${STRANGER}; grant create on schema public to stranger`,
    'CREATE on schema public for stranger: REVOKE CREATE ON SCHEMA public FROM stranger;',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy of the backup for more than reading',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes to agent_bom_backup using (true)`,
    'graph_nodes: policy agent_bom_backup_reads is for ALL to agent_bom_backup using (true), not for SELECT to agent_bom_backup using (true)',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)`,
  ),
  sabotage(
    'backup.sees-all-rows',
    'a second policy for the backup',
    'create policy more on graph_nodes for insert to agent_bom_backup with check (true)',
    'graph_nodes: policy more is for INSERT to agent_bom_backup with check (true), not for SELECT to agent_bom_backup using (true)',
    'drop policy more on graph_nodes',
  ),
  sabotage(
    'schema.foreign-code',
    'a constraint that calls what another role may change',
    `${AS_STRANGER}; create function planted.fits(jsonb) returns bool language sql as 'select true'; reset role;
     alter table osv_cache add constraint fits check (planted.fits(body))`,
    'table constraint fits on public.osv_cache calls planted.fits(jsonb) of stranger: ALTER TABLE public.osv_cache DROP CONSTRAINT fits;',
  ),
  sabotage(
    'schema.foreign-code',
    'a policy that calls what another role may change',
    `${AS_STRANGER}; create function planted.yes() returns bool language sql as 'select true'; reset role;
     create policy hook on osv_cache for select to agent_bom_owner using (planted.yes())`,
    'policy hook on public.osv_cache calls planted.yes() of stranger: DROP POLICY hook on public.osv_cache;',
  ),
  sabotage(
    'schema.foreign-code',
    'a schema that has the name of the owner',
    'create schema agent_bom_owner',
    'schema agent_bom_owner, into which sessions of the role agent_bom_owner look first: ALTER SCHEMA agent_bom_owner RENAME TO agent_bom_owner_renamed;',
    'drop schema agent_bom_owner',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy that hides rows from the backup',
    'create policy less on graph_nodes as restrictive for select to agent_bom_backup using (true)',
    'graph_nodes: no policy shows every row to agent_bom_backup; graph_nodes: policy less is restrictive for SELECT to agent_bom_backup using (true), not for SELECT to agent_bom_backup using (true)',
    'drop policy less on graph_nodes',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy of the backup that is not for all rows',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (false)`,
    'graph_nodes: policy agent_bom_backup_reads is for SELECT to agent_bom_backup using (false), not for SELECT to agent_bom_backup using (true)',
    `drop policy agent_bom_backup_reads on graph_nodes;
     create policy agent_bom_backup_reads on graph_nodes for select to agent_bom_backup using (true)`,
  ),
  sabotage(
    'backup.sees-all-rows',
    'a table that the backup does not read',
    'revoke select on graph_nodes, hub_findings_current_observations from agent_bom_backup',
    'agent_bom_backup may not read graph_nodes; agent_bom_backup may not read hub_findings_current_observations',
    'grant select on graph_nodes, hub_findings_current_observations to agent_bom_backup',
  ),
  sabotage(
    'backup.sees-all-rows',
    'a policy of everybody that may hide rows from the backup',
    'create policy less on graph_nodes as restrictive using (true)',
    'graph_nodes: no policy shows every row to agent_bom_backup',
    'drop policy less on graph_nodes',
  ),
  sabotage(
    'schema.foreign-code',
    'a routine and an operator that answer to names of an extension of the contract',
    `${STRANGER}; create function public.similarity(int) returns int language sql as 'select 1';
     create function public.same(int, int) returns bool language sql as 'select true';
     create operator public.<<-> (function = public.same, leftarg = int, rightarg = int);
     alter function public.similarity(int) owner to stranger;
     alter operator public.<<-> (int, int) owner to stranger`,
    'function public.similarity(integer) of stranger: DROP FUNCTION public.similarity(integer);; ' +
      'operator public.<<->(integer,integer) of stranger: DROP OPERATOR public.<<->(integer,integer);',
    `${GONE}; drop function public.same(int, int)`,
  ),
  sabotage(
    'schema.foreign-code',
    'a cast to a type of another role, and one by a routine of another role',
    `${AS_STRANGER}; create type planted.kind as enum ('a'); create function planted.word(int) returns text language sql as $$ select 'a' $$;
     reset role; create function public.of_kind(text) returns planted.kind language sql as $$ select 'a'::planted.kind $$;
     create cast (text as planted.kind) with function public.of_kind(text) as implicit;
     create cast (int as text) with function planted.word(int) as implicit`,
    'cast (integer AS pg_catalog.text): DROP CAST (integer AS pg_catalog.text);; ' +
      'cast (pg_catalog.text AS planted.kind): DROP CAST (pg_catalog.text AS planted.kind);',
  ),
  sabotage(
    'schema.foreign-code',
    'an index that calls what another role may change',
    `${AS_STRANGER}; create function planted.part(jsonb) returns text immutable language sql as $$ select 'a' $$; reset role;
     create index hook on osv_cache (planted.part(body))`,
    'index public.hook calls planted.part(jsonb) of stranger: DROP INDEX public.hook;',
  ),
];
