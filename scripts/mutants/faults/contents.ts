import { inFile } from '../fault';

/** Whole lists of what the files of a dump say of something planted. */
const PLANTED = ['test/postgres/dumps/planted.test.ts##.'];
const GRANTEES =
  "grantee.name ~ format('^(public|%s)$', current_setting('agent_bom.contract_roles'))\n group by c.relname";
const RUNNERS = "grantee.name ~ format('^(public|%s)$', current_setting('agent_bom.contract_roles'))) held";
const DEPENDENTS =
  "jsonb_to_recordset(current_setting('agent_bom.dependents', true)::jsonb) d (oid oid)\n                      where oid is not null)";
const KINDS = "c.relkind in ('r', 'p', 'S', 'v', 'm', 'f')";

/** In what a dump says that a database holds, and in what it leaves out. */
export const CONTENT_FAULTS = [
  ...inFile('backup/contents.sql', PLANTED, [
    ['rows of views', "and c.relkind = 'r'\n", "and c.relkind in ('r', 'v')\n"],
    [
      'rows of others',
      "where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'r'",
      "where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
    ],
    ['a table with two columns that may tell tenants', ' order by attname desc limit 1', ''],
    ['the team goes before the tenant', 'order by attname desc limit 1', 'order by attname limit 1'],
    [
      'sequences of others',
      "where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'S'",
      "where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'",
    ],
    ['restrictive policies pass for others', 'p.polcmd, p.polpermissive, roles', 'p.polcmd, true, roles'],
    ['policies differ in their lines', "'\\s+', ' ', 'g')", "'\\s+', ' ')"],
    ['the order in which roles were named', '\',\' order by r::regrole::text collate "C") as names', "',') as names"],
    [
      'policies on tables of others',
      "where c.oid = any (current_setting('agent_bom.relations')::oid[]) and roles.names",
      "where c.relnamespace = 'public'::regnamespace and roles.names",
    ],
    ['policies for others first', "'^((public|%s)(,|$))+$'", "'((public|%s)(,|$))+$'"],
    ['policies for others last', "'^((public|%s)(,|$))+$'", "'^((public|%s)(,|$))+'"],
    ['policies for several roles', "'^((public|%s)(,|$))+$'", "'^((public|%s)(,|$))$'"],
    ['policies in any order', ' order by c.relname, p.polname;', ' order by c.relname;'],
    [
      'a privilege from two sides is two',
      "string_agg(distinct a.privilege_type, ',' order by a.privilege_type)",
      "string_agg(a.privilege_type, ',' order by a.privilege_type)",
    ],
    [
      'a relation without privileges of its own',
      "aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\", c.relowner)))",
      'aclexplode(c.relacl)',
    ],
    ['sequences have the privileges of tables', "case c.relkind when 'S' then 's' else 'r' end", "'r'"],
    [
      'privileges of everybody',
      "select case a.grantee when 0 then 'public' when c.relowner then",
      'select case a.grantee when c.relowner then',
    ],
    ['what the administrator owns is not of the owner', "when c.relowner then 'agent_bom_owner'\n", '\n'],
    ['roles whose names end as ours', GRANTEES, GRANTEES.replace('^', '')],
    ['roles whose names begin as ours', GRANTEES, GRANTEES.replace("$',", "',")],
    ['routines of the administrator run for nobody', "when p.proowner then 'agent_bom_owner'\n", '\n'],
    ['who was granted by others runs', 'where a.grantor = p.proowner and grantee', 'where grantee'],
    ['a grant from two sides is two', '(select distinct grantee.name', '(select grantee.name'],
    ['who runs has a name that ends as ours', RUNNERS, RUNNERS.replace('^', '')],
    ['who runs has a name that begins as ours', RUNNERS, RUNNERS.replace("$',", "',")],
    ['routines of other schemas', "where p.pronamespace = 'public'::regnamespace\n   and (p", 'where (p'],
    [
      'routines of the administrator',
      "\n        or exists (select from pg_auth_members m where m.roleid = 'agent_bom_owner'::regrole and m.member = p.proowner))",
      ')',
    ],
    [
      'routines of members of any role',
      "where m.roleid = 'agent_bom_owner'::regrole and m.member = p.proowner",
      'where m.member = p.proowner',
    ],
    [
      'routines of extensions',
      "where d.classid = 'pg_proc'::regclass and d.objid = p.oid",
      'where false and d.objid = p.oid',
    ],
    ['routines that require others', `p.oid not in (select oid from ${DEPENDENTS}`, 'true'],
    ['no routine where a statement ends something', DEPENDENTS, DEPENDENTS.replace(/\n.*/, ')')],
  ]),
  ...inFile('backup/relations.sql', PLANTED, [
    ['materialized views', "in ('r', 'p', 'S', 'v')", "in ('r', 'p', 'S', 'v', 'm')"],
    ['foreign tables', "in ('r', 'p', 'S', 'v')", "in ('r', 'p', 'S', 'v', 'f')"],
    ['relations of other schemas', "where c.relnamespace = 'public'::regnamespace and", 'where'],
    [
      'what the administrator owns is of others',
      "m.roleid = 'agent_bom_owner'::regrole and m.member = c.relowner",
      'false',
    ],
    [
      'what members of any role own',
      "m.roleid = 'agent_bom_owner'::regrole and m.member = c.relowner",
      'm.member = c.relowner',
    ],
    [
      'tables of extensions',
      "where d.classid = 'pg_class'::regclass and d.objid = c.oid",
      'where false and d.objid = c.oid',
    ],
    ['views that require others', 'and c.oid not in (select oid from', 'and 0 not in (select oid from'],
    ['no relation where a statement ends something', 'where oid is not null)', 'where true)'],
    ['an empty schema', "coalesce(array_agg(c.oid), '{}')::text", 'array_agg(c.oid)::text'],
  ]),
  ...inFile('backup/excluded_tables.sql', PLANTED, [
    ...['r', 'p', 'S', 'v', 'm', 'f'].map((kind): [string, string, string] => [
      `relations of the kind ${kind} are dumped`,
      KINDS,
      `${KINDS} and c.relkind <> '${kind}'`,
    ]),
    ['relations of other schemas', "where c.relnamespace = 'public'::regnamespace and", 'where'],
    ['what is of the contract', " and c.oid <> all (current_setting('agent_bom.relations')::oid[])", ''],
  ]),
  ...inFile('backup/hidden_rows.sql', PLANTED, [
    [
      'tables of others',
      "where c.oid = any (current_setting('agent_bom.relations')::oid[]) and c.relkind = 'r'",
      "where c.relkind = 'r'",
    ],
    ['tables that hold no row themselves', " and c.relkind = 'r' and c.relrow", ' and c.relrow'],
    [
      'a policy of a role from which the backup does not inherit',
      "= 'true'\n                         and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE')",
      "= 'true'\n                         and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'MEMBER')",
    ],
    ['restrictive policies of other commands', "not p.polpermissive and p.polcmd in ('r', '*')", 'not p.polpermissive'],
    [
      'restrictive policies of other roles',
      "in ('r', '*')\n                        and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))));",
      "in ('r', '*')));",
    ],
    [
      'restrictive policies of everybody alone',
      "in ('r', '*')\n                        and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))));",
      "in ('r', '*')\n                        and exists (select from unnest(p.polroles) r where r = 0)));",
    ],
    [
      'tables in any order',
      "string_agg(c.relname, ', ' order by c.relname)",
      "string_agg(c.relname, ', ' order by c.oid)",
    ],
    [
      'statements in another order',
      "string_agg(fix, ' ' order by object)",
      "string_agg(fix, ' ' order by object desc)",
    ],
    ['what a dump leaves out', '   where fix is not null;', '   where true;'],
  ]),
];
