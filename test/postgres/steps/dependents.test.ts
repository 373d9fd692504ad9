import { SERVER_TIMEOUT_MS } from '../../support/postgres/database';
import { PlantedServer, sqlOf } from '../../support/postgres/planted';

jest.setTimeout(SERVER_TIMEOUT_MS);

/** What is not of the contract. */
const OTHERS = [
  'create role dba',
  'grant pg_monitor to dba',
  // As where a superuser made the extensions of the contract.
  "delete from pg_shdepend where classid = 'pg_extension'::regclass",
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
  "create foreign table public.remote (id text) server files options (filename '/dev/null')",
  'alter foreign table public.remote owner to agent_bom_owner',
  // What an extension brings is its own, also where the administrator made it.
  'create table public.spatial (id bigint primary key)',
  'alter table public.spatial owner to agent_bom_admin',
  'create function public.of_extension() returns text language sql as $$ select null $$',
  'alter function public.of_extension() owner to agent_bom_owner',
  'create access method other type table handler heap_tableam_handler',
  ...['table public.spatial', 'function public.of_extension()', 'access method other'].map(
    (object) => `alter extension file_fdw add ${object}`,
  ),
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
  'create text search template ops.words (lexize = dsimple_lexize)',
  'create text search dictionary public.words (template = ops.words)',
  'create text search dictionary ops.words (template = simple)',
  'create text search configuration public.plain (parser = pg_catalog.default)',
  'alter text search configuration public.plain add mapping for word with ops.words',
  'create view public.shown as select 1::bigint as id',
  'create trigger fires instead of insert on public.shown for each row execute function ops.fires()',
  'create view public.of_remote as select * from public.remote',
  'create view public.of_spatial as select * from public.spatial',
  'alter table public.ours add constraint placed foreign key (id) references public.spatial not valid',
  'alter table public.ours add constraint logged foreign key (id) references ops.log not valid',
  'alter table public.by_day add constraint noted foreign key (id) references public.notes',
  'alter table public.ours add constraint once exclude using btree (ops.plain(body) with =)',
];

/** What a dump cannot leave out. */
const ENDS = [
  ...TABLE('public."Our Table"'),
  'create table ops.base (id text)',
  'create table ops.other_base (id text)',
  'create table public.base (id text)',
  'create table public."An Heir" () inherits (public.base, ops.base, ops.other_base)',
  'create type ops.shape as (id int)',
  'create table public.shaped of ops.shape',
  'create table public.placed (id int) using other',
  'alter table public."Our Table" add column rank ops.rank',
  'create domain ops.word as varchar(7)',
  'alter table public."Our Table" add column "A Word" ops.word',
  "create type ops.mood as enum ('good')",
  'alter table public."Our Table" add column mood ops.mood',
  'alter table public."Our Table" add column "Made Up" text generated always as (ops.plain(body)) stored',
  'alter table public."Our Table" add column "By Default" text default ops.plain($$x$$)',
  'alter table public."Our Table" add constraint "A Check" check (ops.plain(body) is not null)',
  'create policy "A Policy" on public."Our Table" using (public.of_dba(body) is not null)',
  // What a partition has of its table.
  `create table public.parent (day date, body text, mood ops.mood, plain text generated always as (ops.plain(body)) stored,
     constraint a_check check (ops.plain(body) is not null)) partition by range (day)`,
  'create table public.a_part partition of public.parent default',
  'create table public.made (body text generated always as ($$x$$) stored)',
  'create table public.by_default (body text default ops.plain($$x$$))',
  'create collation ops.places from "C"',
  `create table public.placed_in (code varchar(7) collate ops.places primary key, name text collate ops.places unique,
     other text collate ops.places)`,
  'create unique index others on public.placed_in (other)',
  'create table public.refers (other text references public.placed_in (other))',
  // Neither a table nor a partition of the contract hands on what it requires.
  'create view public.of_table as select body from public."Our Table"',
  'create view public.of_parent as select body from public.parent',
  'create view public.of_part as select body from public.a_part',
  'create type public.row_of as (one public."Our Table")',
];

/** A column that is computed when it is read, which there is since 18. */
const COMPUTED =
  'alter table public.placed_in add column note text, add column made_up text collate ops.places generated always as (note) virtual';

describe.each(['15', '18'] as const)('what of the contract requires what is not of it, on PostgreSQL %s', (major) => {
  let planted: PlantedServer;

  beforeAll(async () => {
    planted = await PlantedServer.start(major);
  });

  afterAll(() => planted.stop());

  const dependents = async (...given: string[]) => (await rows(given)).map(({ row }) => row);

  const rows = (given: string[]) =>
    planted.ask<{ row: string; fix: string | null }>(
      { given },
      sqlOf('facts.sql'),
      sqlOf('dependents.sql'),
      `select fix, concat_ws(' | ', object, kind, entry, comment, fix, case when is_copy then 'copy' end, case when (kind is null) <> (oid is null) then 'oid' end) as row
           from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (oid oid, object text, kind text, entry text, comment text, fix text, is_copy bool)
          order by object collate "C", is_copy`,
    );

  /** What nobody can leave out once the statements that end it have run. */
  async function unended(given: string[]): Promise<string[]> {
    const fixes = (await rows(given)).flatMap(({ fix }) => fix ?? []);
    return (await rows([...given, ...fixes])).flatMap(({ row, fix }) => (fix === null ? [] : row));
  }

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
    const ofAnotherClass = elsewhere.replace("'pg_class'", "'pg_type'").replace("'postgres'", "'agent_bom'");
    expect(
      await dependents(
        ...OTHERS,
        elsewhere,
        ofAnotherClass,
        'set role agent_bom_owner',
        'create view public.noted as select id from public.notes',
      ),
    ).toEqual(['view noted (requires table public.notes) | VIEW | noted | noted']);
  });

  it('has a name in an archive by which a dump leaves it out, once for all partitions', async () => {
    expect(await dependents(...OTHERS, ...AS_OWNER(PARTS))).toEqual([
      'aggregate total(integer) (requires schema ops) | AGGREGATE | total(integer) | total(integer)',
      'constraint logged on ours (requires schema ops) | CONSTRAINT | ours logged | logged ON ours',
      'constraint noted on by_day (requires table public.notes) | CONSTRAINT | by_day noted | noted ON by_day',
      'constraint noted on by_day_first (requires table public.notes) | CONSTRAINT | by_day_first noted | noted ON by_day_first | copy',
      'constraint once on ours (requires schema ops) | CONSTRAINT | ours once | once ON ours',
      'constraint placed on ours (requires extension file_fdw) | CONSTRAINT | ours placed | placed ON ours',
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
      'text search configuration plain (requires schema ops) | TEXT SEARCH CONFIGURATION | plain | plain',
      'text search dictionary words (requires schema ops) | TEXT SEARCH DICTIONARY | words | words',
      'trigger fires on by_day (requires schema ops) | TRIGGER | by_day fires | fires ON by_day',
      'trigger fires on by_day_first (requires schema ops) | TRIGGER | by_day_first fires | fires ON by_day_first | copy',
      'trigger fires on ours (requires schema ops) | TRIGGER | ours fires | fires ON ours',
      'trigger fires on shown (requires schema ops) | TRIGGER | shown fires | fires ON shown',
      'type pair (requires schema ops) | TYPE | pair | pair',
      'type range (requires schema ops) | TYPE | range | range',
      'view logged (requires schema ops) | VIEW | logged | logged',
      'view logged_twice (requires schema ops) | VIEW | logged_twice | logged_twice',
      'view of_admin (requires schema ops) | VIEW | of_admin | of_admin',
      'view of_remote (requires extension file_fdw and foreign table public.remote) | VIEW | of_remote | of_remote',
      'view of_spatial (requires extension file_fdw) | VIEW | of_spatial | of_spatial',
      'view summarized (requires materialized view public.summary) | VIEW | summarized | summarized',
    ]);
  });

  it('or a statement that ends it', async () => {
    const given = [...OTHERS, ...AS_OWNER(major === '15' ? ENDS : [...ENDS, COMPUTED])];
    expect(await unended(given)).toEqual([]);
    expect(await dependents(...given)).toEqual([
      'column A Word of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "A Word" TYPE character varying(7);',
      'column Made Up of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "Made Up" DROP EXPRESSION;',
      'column code of placed_in requires schema ops, which a restored database does not have | ALTER TABLE public.placed_in ALTER code TYPE character varying(7);',
      ...(major === '15'
        ? []
        : [
            'column made_up of placed_in requires schema ops, which a restored database does not have | ALTER TABLE public.placed_in ALTER made_up TYPE text;',
          ]),
      'column mood of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER mood TYPE text;',
      'column mood of parent requires schema ops, which a restored database does not have | ALTER TABLE public.parent ALTER mood TYPE text;',
      'column name of placed_in requires schema ops, which a restored database does not have | ALTER TABLE public.placed_in ALTER name TYPE text;',
      'column other of placed_in requires schema ops, which a restored database does not have | ALTER TABLE public.placed_in ALTER other TYPE text;',
      'column plain of parent requires schema ops, which a restored database does not have | ALTER TABLE public.parent ALTER plain DROP EXPRESSION;',
      'column rank of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER rank TYPE numeric(3,0);',
      'constraint A Check of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" DROP CONSTRAINT "A Check";',
      'constraint a_check of parent requires schema ops, which a restored database does not have | ALTER TABLE public.parent DROP CONSTRAINT a_check;',
      'constraint placed_in_name_key on placed_in (requires schema ops) | CONSTRAINT | placed_in placed_in_name_key | placed_in_name_key ON placed_in',
      'constraint placed_in_pkey on placed_in (requires schema ops) | CONSTRAINT | placed_in placed_in_pkey | placed_in_pkey ON placed_in',
      'constraint refers_other_fkey on refers (requires schema ops) | CONSTRAINT | refers refers_other_fkey | refers_other_fkey ON refers',
      'default of column By Default of Our Table requires schema ops, which a restored database does not have | ALTER TABLE public."Our Table" ALTER "By Default" DROP DEFAULT;',
      'default of column body of by_default requires schema ops, which a restored database does not have | ALTER TABLE public.by_default ALTER body DROP DEFAULT;',
      'index others (requires schema ops) | INDEX | others | others',
      'policy A Policy on Our Table requires function public.of_dba(pg_catalog.text), which a restored database does not have | DROP POLICY "A Policy" ON public."Our Table";',
      'table An Heir requires schema ops, which a restored database does not have | ALTER TABLE public."An Heir" NO INHERIT ops.base; ALTER TABLE public."An Heir" NO INHERIT ops.other_base;',
      'table placed requires extension file_fdw, which a restored database does not have | ALTER TABLE public.placed SET ACCESS METHOD heap;',
      'table shaped requires schema ops, which a restored database does not have | ALTER TABLE public.shaped NOT OF;',
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
      `create table public.our_sub ${part(2008)} partition by list (id)`,
      "create foreign table ops.frozen partition of public.our_sub default server files options (filename '/dev/null')",
      `create foreign table public.colder ${part(2007)} server files options (filename '/dev/null')`,
      'alter table public."Theirs" owner to dba',
      'alter table ops.theirs owner to dba',
      'alter table public.of_admin owner to agent_bom_admin',
      'create table ops.parted (id int) partition by list (id)',
      'create table public.leaf partition of ops.parted default',
    ]);
    expect(await unended([...OTHERS, ...given])).toEqual([]);
    expect(await dependents(...OTHERS, ...given)).toEqual([
      'table leaf requires schema ops, which a restored database does not have | ALTER TABLE ops.parted DETACH PARTITION public.leaf;',
      'the rows of the partition ops."Old" of by_day are in no dump | ALTER TABLE ops."Old" SET SCHEMA public;',
      'the rows of the partition ops.cold of by_day are in no dump | ALTER TABLE public.by_day DETACH PARTITION ops.cold;',
      'the rows of the partition ops.frozen of by_day are in no dump | ALTER TABLE public.our_sub DETACH PARTITION ops.frozen;',
      'the rows of the partition ops.sub of by_day are in no dump | ALTER TABLE ops.sub SET SCHEMA public;',
      'the rows of the partition ops.theirs of by_day are in no dump | ALTER TABLE ops.theirs SET SCHEMA public; ALTER TABLE public.theirs OWNER TO agent_bom_owner;',
      'the rows of the partition ops.twig of by_day are in no dump | ALTER TABLE ops.twig SET SCHEMA public;',
      'the rows of the partition public."Theirs" of by_day are in no dump | ALTER TABLE public."Theirs" OWNER TO agent_bom_owner;',
      'the rows of the partition public.colder of by_day are in no dump | ALTER TABLE public.by_day DETACH PARTITION public.colder;',
    ]);
  });
});
