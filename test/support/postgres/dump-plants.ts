/** What is planted where a dump is asked what it holds. */

/** Of others, some with names that begin or end as those of the contract. */
export const OTHERS = [
  'create role a_reader',
  'create role reporting',
  'create role agent_bom_app2',
  'create role my_agent_bom_app',
  'create schema reports',
  'grant all on schema reports to agent_bom_owner',
  'create domain reports.rank as int',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
];

/** A relation of each kind, by its owner. */
export const everyKind = (owner: string, prefix: string, schema = 'public') => [
  `create table ${schema}.${prefix}_table (id int)`,
  `create table ${schema}.${prefix}_parent (id int) partition by list (id)`,
  `create table ${schema}.${prefix}_part partition of ${schema}.${prefix}_parent default`,
  `create index ${prefix}_index on ${schema}.${prefix}_table (id)`,
  `create view ${schema}.${prefix}_view as select 1 as id`,
  `create materialized view ${schema}.${prefix}_summary as select 1 as id`,
  `create foreign table ${schema}.${prefix}_remote (id text) server files options (filename '/dev/null')`,
  `create sequence ${schema}.${prefix}_sequence`,
  ...['table', 'parent', 'part', 'view', 'summary', 'remote', 'sequence'].map(
    (kind) => `alter table ${schema}.${prefix}_${kind} owner to ${owner}`,
  ),
];

export const AS_OWNER = (...statements: string[]) => [
  'alter role agent_bom_owner superuser',
  'set role agent_bom_owner',
  ...statements,
  'reset role',
  'alter role agent_bom_owner nosuperuser',
];

/** Relations that a dump has, and those that it leaves out. */
export const KINDS = [
  ...OTHERS,
  'grant pg_monitor to reporting',
  ...everyKind('agent_bom_owner', 'our'),
  ...everyKind('agent_bom_admin', 'admins'),
  ...everyKind('reporting', 'their'),
  ...everyKind('agent_bom_owner', 'elsewhere', 'reports'),
  'create table public."The ""notes""" ()',
  'alter table public."The ""notes""" owner to reporting',
  'create table public.of_extension (id int)',
  'alter table public.of_extension owner to agent_bom_owner',
  'alter extension file_fdw add table public.of_extension',
  ...AS_OWNER(
    'create table public.numbered (id serial, n int generated always as identity)',
    'create view public.requires as select * from reports.elsewhere_table',
    // What has a statement that ends it is no relation, and has no number.
    'alter table public.our_table add column rank reports.rank',
  ),
];

/** Rows, sequences, policies, privileges and routines, of the contract and of others. */
export const CONTENTS = [
  ...OTHERS,
  // So that it reads what has no privileges of its own.
  'grant pg_read_all_data to agent_bom_backup',
  'create sequence public.bare',
  'alter sequence public.bare owner to agent_bom_admin',
  'create table public.bare_table (id int)',
  'alter table public.bare_table owner to agent_bom_admin',
  'grant pg_monitor to reporting',
  ...AS_OWNER(
    'create table public.of_tenants (tenant_id text, id serial, body text)',
    "insert into public.of_tenants values ('south', 1), ('south', 2), ('north', 3), (null, 4)",
    'create table public.of_teams (team_id text)',
    "insert into public.of_teams values ('red')",
    'create table public.of_both (team_id text, tenant_id text)',
    "insert into public.of_both values ('red', 'south')",
    'create table public.of_nobody (id int)',
    'insert into public.of_nobody values (1), (2)',
    'create table reports.heir () inherits (public.of_nobody)',
    'insert into reports.heir values (3)',
    'alter table public.of_tenants enable row level security, force row level security',
    'alter table public.of_teams enable row level security',
    'create view public.a_view as select 1 as id',
    'create sequence public.called start 7',
    "do $$ begin perform nextval('public.called'); end $$",
    'create sequence public.new start 9',
    'alter table public.of_nobody add column rank reports.rank',
    // Policies: two of one table, of roles in any order, of others, and of both.
    `create policy writes on public.of_teams as restrictive for update to agent_bom_backup, agent_bom_app
       using (exists (select from public.of_nobody where id = 1)) with check (team_id = $$a  b$$)`,
    'create policy reads on public.of_tenants for select to agent_bom_backup using (true)',
    'create policy reads on public.of_teams for select to agent_bom_backup using (true)',
    'create policy adds on public.of_teams for insert to public with check (true)',
    'create policy mixed on public.of_teams for select to agent_bom_app, reporting using (true)',
    'create policy "Mixed too" on public.of_teams for select to a_reader, agent_bom_app using (true)',
    'create policy theirs on public.of_teams for select to reporting using (true)',
    'grant select, insert, delete on public.of_teams to agent_bom_app',
    'grant select on public.of_teams to public, reporting, agent_bom_app2, my_agent_bom_app',
    'grant usage on public.called to agent_bom_app',
    'revoke all on public.new from agent_bom_owner',
    'create function public.zero() returns int language sql return 1',
    'create function public.asks(int) returns int security definer language sql return 1',
    'create function public.asks(text) returns int language sql return 1',
    'revoke all on function public.asks(text) from public',
    'grant execute on function public.asks(text) to agent_bom_backup, agent_bom_app, reporting, agent_bom_app2, my_agent_bom_app',
    'create procedure public.does() begin atomic select 1; end',
    'create function reports.elsewhere() returns int language sql return 1',
    'create function public.requires() returns bigint begin atomic select count(*) from reports.heir; end',
    'create function public.of_extension() returns int language sql return 1',
  ),
  'alter extension file_fdw add function public.of_extension()',
  // Of the administrator, and granted to the owner, whose both are in a restored database.
  'create table public.of_admin (id int)',
  'alter table public.of_admin owner to agent_bom_admin',
  'create function public.of_admin() returns int language sql return 1',
  'alter function public.of_admin() owner to agent_bom_admin',
  'create function public.of_admin(int) returns int language sql return 1',
  'alter function public.of_admin(int) owner to agent_bom_admin',
  'create function public.theirs() returns int language sql return 1',
  'alter function public.theirs() owner to reporting',
  'set role agent_bom_admin',
  'grant select on public.of_admin to agent_bom_owner, reporting with grant option',
  'grant execute on function public.of_admin() to agent_bom_owner, reporting with grant option',
  'set role reporting',
  'grant select on public.of_admin to agent_bom_maintenance',
  'grant execute on function public.of_admin() to agent_bom_maintenance',
  'reset role',
  ...everyKind('reporting', 'their'),
  'insert into public.their_table values (1)',
  'grant select on public.their_table to agent_bom_app, agent_bom_backup',
  'create policy of_theirs on public.their_table using (true)',
];
