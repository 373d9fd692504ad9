import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What is not of the contract. */
const OTHERS = [
  'create role dba',
  'create extension btree_gin schema public',
  'create extension file_fdw',
  'create server files foreign data wrapper file_fdw',
  'create schema ops authorization agent_bom_owner',
  'create table ops.log (id bigint primary key)',
  'create domain ops.rank as numeric(3)',
  "create function ops.plain(text) returns text immutable language sql as 'select $1'",
  "create function ops.same(text, text) returns bool immutable language sql as 'select $1 = $2'",
  "create function ops.more(int, int) returns int immutable language sql as 'select $1 + $2'",
  'create function ops.fires() returns trigger language plpgsql as $$ begin return new; end $$',
  'create function public.of_dba(text) returns text immutable language sql as $$ select $1 $$',
  'alter function public.of_dba(text) owner to dba',
  'create table public.notes (id int primary key)',
  'alter table public.notes owner to dba',
  'grant all on public.notes to agent_bom_owner',
  'create materialized view public.summary as select 1 as id',
  'alter materialized view public.summary owner to agent_bom_owner',
];

const AS_OWNER = (statements: readonly string[]) => [
  'alter role agent_bom_owner superuser',
  'set role agent_bom_owner',
  ...statements,
  'alter role agent_bom_owner nosuperuser',
  'reset role',
];

/** A table and what is its part: of both, what another team requires is their own. */
const TABLE = (name: string) => [
  `create table ${name} (id bigint primary key, body text, plain text generated always as (lower(body)) stored)`,
  `create index on ${name} (body)`,
];

/** Parts of the contract that require something of others, each kind that an archive has an entry for. */
const PARTS = [
  ...TABLE('public.ours'),
  'create table public.by_day (id int, day date not null, body text) partition by range (day)',
  "create table public.by_day_first partition of public.by_day for values from ('2026-01-01') to ('2026-02-01')",
  'create index gin on public.ours using gin (id)',
  'create index "Both" on public.ours using gin (ops.plain(body), id)',
  'create index of_each on public.by_day (ops.plain(body))',
  'create trigger fires before insert on public.ours for each row execute function ops.fires()',
  'create trigger fires before insert on public.by_day for each row execute function ops.fires()',
  'create rule logs as on delete to public.ours do also insert into ops.log values (0)',
  'create view public.of_admin as select * from ops.log',
  'alter view public.of_admin owner to agent_bom_admin',
  'create view public.logged as select * from ops.log',
  'create view public.logged_twice as select * from public.logged',
  'create view public.summarized as select * from public.summary',
  'create function public.newest(int, text) returns bigint begin atomic select max(id) from ops.log; end',
  'create procedure public.writes(int) begin atomic insert into ops.log values (1); end',
  'create aggregate public.total(int) (sfunc = ops.more, stype = int)',
  'create statistics public.sizes on (ops.plain(body)), id from public.ours',
  'create type public.pair as (rank ops.rank)',
  'create domain public.level as ops.rank',
  'create type public.range as range (subtype = ops.rank)',
  'create operator public.=== (function = ops.same, leftarg = text, rightarg = text)',
  'create collation public.binary from "C"',
  'create text search dictionary public.words (template = simple)',
  'create text search configuration public.plain (copy = simple)',
  ...['collation public.binary', 'text search dictionary public.words', 'text search configuration public.plain'].map(
    (object) => `alter extension file_fdw add ${object}`,
  ),
  'alter table public.ours add constraint logged foreign key (id) references ops.log not valid',
  'alter table public.by_day add constraint noted foreign key (id) references public.notes',
  'alter table public.ours add constraint once exclude using btree (ops.plain(body) with =)',
];

/** What a dump cannot leave out. */
const ENDS = [
  ...TABLE('public."Our Table"'),
  'create table ops.base (id text)',
  'create table public."An Heir" () inherits (ops.base)',
  'create table public.parent (day date) partition by range (day)',
  'alter table public."Our Table" add column rank ops.rank',
  'create domain ops.word as varchar(7)',
  'alter table public."Our Table" add column "A Word" ops.word',
  "create type ops.mood as enum ('good')",
  'alter table public."Our Table" add column mood ops.mood',
  'alter table public."Our Table" add column "Made Up" text generated always as (ops.plain(body)) stored',
  'alter table public."Our Table" add column "By Default" text default ops.plain($$x$$)',
  'alter table public."Our Table" add constraint "A Check" check (ops.plain(body) is not null)',
  'create policy "A Policy" on public."Our Table" using (public.of_dba(body) is not null)',
];

describe('what of the contract requires what is not of it', () => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start();
  });

  afterAll(() => planted.stop());

  const dependents = async (...given: string[]) =>
    (
      await planted.ask<{ row: string }>(
        { given },
        sqlOf('facts.sql'),
        sqlOf('dependents.sql'),
        `select concat_ws(' | ', object, kind, entry, comment, fix, case when is_copy then 'copy' end, case when (kind is null) <> (oid is null) then 'oid' end) as row
           from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (oid oid, object text, kind text, entry text, comment text, fix text, is_copy bool)
          order by object collate "C", is_copy`,
      )
    ).map(({ row }) => row);

  it('is nothing where nothing does, whatever others have', async () => {
    const ours = [
      ...TABLE('public.ours'),
      'create index on public.ours using gin (body gin_trgm_ops)',
      'create table public.theirs () inherits (public.ours)',
      'create function public.fires() returns trigger language plpgsql as $$ begin return new; end $$',
      'create trigger fires before insert on public.ours for each row execute function public.fires()',
      'create view public.catalog as select table_name from information_schema.tables',
      'create table public.of_admin (id int primary key)',
      'alter table public.of_admin owner to agent_bom_admin',
      'create type public.range as range (subtype = int)',
      'create domain public.level as int',
      'create view public.shows as select id from public.of_admin',
    ];
    // What has no schema, or is one, may have its name.
    const named = [
      'create foreign data wrapper public',
      'create server public foreign data wrapper public',
      'create publication public for tables in schema public',
    ];
    expect(await dependents(...OTHERS, ...AS_OWNER(ours), ...named)).toEqual([]);
    // As in another database with objects of the same numbers.
    const elsewhere = `insert into pg_shdepend select d.oid, 'pg_class'::regclass, 'public.notes'::regclass, 0, 'pg_authid'::regclass, 'agent_bom_owner'::regrole, 'o'
                         from pg_database d where datname = 'postgres'`;
    expect(
      await dependents(
        ...OTHERS,
        elsewhere,
        'set role agent_bom_owner',
        'create view public.noted as select id from public.notes',
      ),
    ).toEqual(['view noted (requires table public.notes) | VIEW | noted | noted']);
  });

  it('has a name in an archive by which a dump leaves it out, once for all partitions', async () => {
    expect(await dependents(...OTHERS, ...AS_OWNER(PARTS))).toEqual([
      'aggregate total(integer) (requires schema ops) | AGGREGATE | total(integer) | total(integer)',
      'collation binary (requires extension file_fdw) | COLLATION | binary | binary',
      'constraint logged on ours (requires schema ops) | CONSTRAINT | ours logged | logged ON ours',
      'constraint noted on by_day (requires table public.notes) | CONSTRAINT | by_day noted | noted ON by_day',
      'constraint noted on by_day_first (requires table public.notes) | CONSTRAINT | by_day_first noted | noted ON by_day_first | copy',
      'constraint once on ours (requires schema ops) | CONSTRAINT | ours once | once ON ours',
      'domain level (requires schema ops) | DOMAIN | level | level',
      'function newest(integer, text) (requires schema ops) | FUNCTION | newest(integer, text) | newest(integer, text)',
      'index Both (requires extension btree_gin and schema ops) | INDEX | Both | Both',
      'index by_day_first_plain_idx (requires schema ops) | INDEX | by_day_first_plain_idx | by_day_first_plain_idx | copy',
      'index gin (requires extension btree_gin) | INDEX | gin | gin',
      'index of_each (requires schema ops) | INDEX | of_each | of_each',
      'operator === (requires schema ops) | OPERATOR | === | ===',
      'procedure writes(integer) (requires schema ops) | PROCEDURE | writes(integer) | writes(integer)',
      'rule logs on ours (requires schema ops) | RULE | ours logs | logs ON ours',
      'statistics object sizes (requires schema ops) | STATISTICS | sizes | sizes',
      'text search configuration plain (requires extension file_fdw) | TEXT SEARCH CONFIGURATION | plain | plain',
      'text search dictionary words (requires extension file_fdw) | TEXT SEARCH DICTIONARY | words | words',
      'trigger fires on by_day (requires schema ops) | TRIGGER | by_day fires | fires ON by_day',
      'trigger fires on by_day_first (requires schema ops) | TRIGGER | by_day_first fires | fires ON by_day_first | copy',
      'trigger fires on ours (requires schema ops) | TRIGGER | ours fires | fires ON ours',
      'type pair (requires schema ops) | TYPE | pair | pair',
      'type range (requires schema ops) | TYPE | range | range',
      'view logged (requires schema ops) | VIEW | logged | logged',
      'view logged_twice (requires schema ops) | VIEW | logged_twice | logged_twice',
      'view of_admin (requires schema ops) | VIEW | of_admin | of_admin',
      'view summarized (requires materialized view public.summary) | VIEW | summarized | summarized',
    ]);
  });

  it('or a statement that ends it', async () => {
    expect(await dependents(...OTHERS, ...AS_OWNER(ENDS))).toEqual([
      'column A Word of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "A Word" TYPE character varying(7);',
      'column Made Up of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "Made Up" DROP EXPRESSION;',
      'column mood of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER mood TYPE text;',
      'column rank of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER rank TYPE numeric(3,0);',
      'constraint A Check of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" DROP CONSTRAINT "A Check";',
      'default of column By Default of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "By Default" DROP DEFAULT;',
      'policy A Policy on Our Table requires function public.of_dba(pg_catalog.text), which a restored database does not have | DROP POLICY "A Policy" ON public."Our Table";',
      'table An Heir requires schema ops, which a restored database does not have | ALTER TABLE public."An Heir" NO INHERIT ops.base;',
    ]);
  });

  it('has all partitions of the contract with it', async () => {
    const part = (year: number) =>
      `partition of public.by_day for values from ('${year}-01-01') to ('${year + 1}-01-01')`;
    const given = AS_OWNER([
      'create table public.by_day (id int, day date not null) partition by range (day)',
      `create table public.ours ${part(2000)}`,
      `create table ops."Old" ${part(2001)}`,
      `create table ops.sub ${part(2002)} partition by list (id)`,
      'create table ops.twig partition of ops.sub default',
      `create table public."Theirs" ${part(2003)}`,
      `create table public.of_admin ${part(2004)}`,
      `create table ops.theirs ${part(2005)}`,
      `create foreign table ops.cold ${part(2006)} server files options (filename '/dev/null')`,
      `create foreign table public.colder ${part(2007)} server files options (filename '/dev/null')`,
      'alter table public."Theirs" owner to dba',
      'alter table ops.theirs owner to dba',
      'alter table public.of_admin owner to agent_bom_admin',
      'create table ops.parted (id int) partition by list (id)',
      'create table public.leaf partition of ops.parted default',
    ]);
    expect(await dependents(...OTHERS, ...given)).toEqual([
      'table leaf requires schema ops, which a restored database does not have | ALTER TABLE ops.parted DETACH PARTITION public.leaf;',
      'the rows of the partition ops."Old" of by_day are in no dump | ALTER TABLE ops."Old" SET SCHEMA public;',
      'the rows of the partition ops.cold of by_day are in no dump | ALTER TABLE public.by_day DETACH PARTITION ops.cold;',
      'the rows of the partition ops.sub of by_day are in no dump | ALTER TABLE ops.sub SET SCHEMA public;',
      'the rows of the partition ops.theirs of by_day are in no dump | ALTER TABLE ops.theirs SET SCHEMA public; ALTER TABLE public.theirs OWNER TO agent_bom_owner;',
      'the rows of the partition ops.twig of by_day are in no dump | ALTER TABLE ops.twig SET SCHEMA public;',
      'the rows of the partition public."Theirs" of by_day are in no dump | ALTER TABLE public."Theirs" OWNER TO agent_bom_owner;',
      'the rows of the partition public.colder of by_day are in no dump | ALTER TABLE public.by_day DETACH PARTITION public.colder;',
    ]);
  });
});
