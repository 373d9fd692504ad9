/** What breaks a property, the only check that may notice, what it has to name, and what mends the property again. */
export interface Sabotage {
  readonly check: string;
  readonly what: string;
  readonly breaks: string;
  /** All that the check says, or a pattern of it where that depends on the day. */
  readonly names: string | RegExp;
  readonly mends: string;
}

/** Of roles, logins and what they own. */
export const ROLE_SABOTAGES: readonly Sabotage[] = [
  {
    check: 'database.owner',
    what: 'the database given to the administrator',
    breaks: 'alter database agent_bom owner to agent_bom_admin',
    names: 'database agent_bom belongs to agent_bom_admin',
    mends: 'alter database agent_bom owner to agent_bom_owner',
  },
  {
    check: 'database.public',
    what: 'CONNECT given to everybody',
    breaks: 'grant connect on database agent_bom to public',
    names: 'PUBLIC has CONNECT on database agent_bom',
    mends: 'revoke connect on database agent_bom from public',
  },
  {
    check: 'database.public',
    what: 'a table opened to everybody',
    breaks: `grant select on osv_cache, hub_findings_current_observations to public;
             grant usage on sequence scan_jobs_id_seq to public`,
    names:
      'PUBLIC has SELECT on hub_findings_current_observations; PUBLIC has SELECT on osv_cache; ' +
      'PUBLIC has USAGE on scan_jobs_id_seq',
    mends: `revoke select on osv_cache, hub_findings_current_observations from public;
            revoke usage on sequence scan_jobs_id_seq from public`,
  },
  {
    check: 'roles.attributes',
    what: 'an attribute too many',
    breaks: 'alter role agent_bom_backup createdb',
    names: 'agent_bom_backup has CREATEDB',
    mends: 'alter role agent_bom_backup nocreatedb',
  },
  {
    check: 'roles.attributes',
    what: 'a maintenance login that bypasses row-level security',
    breaks: 'alter role agent_bom_maintenance_b bypassrls',
    names: 'agent_bom_maintenance_b has BYPASSRLS',
    mends: 'alter role agent_bom_maintenance_b nobypassrls',
  },
  {
    check: 'roles.attributes',
    what: 'an owner that may log in',
    breaks: 'alter role agent_bom_owner login',
    names: 'agent_bom_owner has LOGIN',
    mends: 'alter role agent_bom_owner nologin',
  },
  {
    check: 'roles.memberships',
    what: 'an extra membership of the application',
    breaks: 'grant rds_superuser to agent_bom_app',
    names: 'agent_bom_app is a member of rds_superuser',
    mends: 'revoke rds_superuser from agent_bom_app',
  },
  {
    check: 'roles.memberships',
    what: 'a second login outside of its identity',
    breaks: 'revoke agent_bom_maintenance from agent_bom_maintenance_b granted by agent_bom_owner',
    names: 'agent_bom_maintenance_b is not a member of agent_bom_maintenance',
    mends: 'grant agent_bom_maintenance to agent_bom_maintenance_b granted by agent_bom_owner',
  },
  {
    check: 'roles.memberships',
    what: 'a stranger among those who see all tenants',
    breaks: 'create role stranger login; grant agent_bom_rls_maintenance to stranger',
    names: 'stranger is a member of agent_bom_rls_maintenance',
    mends: 'drop role stranger',
  },
  {
    check: 'ownership.relations',
    what: 'tables of another role, shared by all tenants and not',
    breaks: 'alter table osv_cache owner to agent_bom_admin; alter table scan_jobs owner to agent_bom_admin',
    names: 'osv_cache belongs to agent_bom_admin; scan_jobs belongs to agent_bom_admin',
    mends: 'alter table osv_cache owner to agent_bom_owner; alter table scan_jobs owner to agent_bom_owner',
  },
  {
    check: 'ownership.relations',
    what: 'a routine of another role',
    breaks: 'alter function abom_current_tenant() owner to agent_bom_admin',
    names: 'public.abom_current_tenant() belongs to agent_bom_admin',
    mends: 'alter function abom_current_tenant() owner to agent_bom_owner',
  },
  {
    check: 'roles.attributes',
    what: 'a login that expires',
    breaks: "alter role agent_bom_app_b valid until '2020-01-01'",
    names: /^agent_bom_app_b has VALID UNTIL 20(20-01-01|19-12-31) [0-9:+-]+$/,
    mends: "alter role agent_bom_app_b valid until 'infinity'",
  },
  {
    check: 'limits.timeouts',
    what: 'a login that looks elsewhere for its tables',
    breaks: `alter role agent_bom_app set search_path = elsewhere, public;
             alter role agent_bom_app set default_transaction_read_only = off`,
    names: 'agent_bom_app also sets default_transaction_read_only; agent_bom_app also sets search_path',
    mends: 'alter role agent_bom_app reset search_path; alter role agent_bom_app reset default_transaction_read_only',
  },
  {
    check: 'limits.timeouts',
    what: 'a database that names a tenant for everybody',
    breaks: "alter database agent_bom set app.tenant_id = 'north'",
    names: 'every login sets app.tenant_id in database agent_bom',
    mends: 'alter database agent_bom reset app.tenant_id',
  },
  {
    check: 'roles.memberships',
    what: 'a stranger who may act as the owner',
    breaks: 'create role stranger login; grant agent_bom_owner to stranger',
    names: 'stranger is a member of agent_bom_owner',
    mends: 'drop role stranger',
  },
  {
    check: 'limits.connections',
    what: 'a limit changed',
    breaks: 'alter role agent_bom_app connection limit 20',
    names: 'agent_bom_app may hold 20 connections, the budget says 74',
    mends: '',
  },
  {
    check: 'limits.timeouts',
    what: 'a timeout that makes two scheduler leaders',
    breaks: "alter role agent_bom_app set idle_in_transaction_session_timeout = '1min'",
    names: 'agent_bom_app: idle_in_transaction_session_timeout is 1min, not 0',
    mends: "alter role agent_bom_app set idle_in_transaction_session_timeout = '0'",
  },
  {
    check: 'login.maintenance',
    what: 'a login that is locked',
    breaks: 'alter role agent_bom_maintenance nologin',
    names: 'role "agent_bom_maintenance" is not permitted to log in',
    mends: 'alter role agent_bom_maintenance login',
  },
  {
    check: 'login.maintenance',
    what: 'a membership whose rights the login does not have',
    breaks: 'grant agent_bom_rls_maintenance to agent_bom_maintenance with inherit false granted by agent_bom_owner',
    names: 'logged in as agent_bom_maintenance',
    mends: 'grant agent_bom_rls_maintenance to agent_bom_maintenance with inherit true granted by agent_bom_owner',
  },
  {
    check: 'login.backup',
    what: 'a password that is not the delivered one',
    breaks: "alter role agent_bom_backup password 'another'",
    names: 'password authentication failed for user "agent_bom_backup"',
    mends: '',
  },
  {
    check: 'database.owner',
    what: 'the schema given to the administrator',
    breaks: 'alter schema public owner to agent_bom_admin',
    names: 'schema public belongs to agent_bom_admin',
    mends: 'alter schema public owner to pg_database_owner',
  },
  {
    check: 'roles.attributes',
    what: 'a login that creates roles',
    breaks: 'alter role agent_bom_app_b createrole',
    names: 'agent_bom_app_b has CREATEROLE',
    mends: 'alter role agent_bom_app_b nocreaterole',
  },
  {
    check: 'roles.attributes',
    what: 'a login that copies the server',
    breaks: 'alter role agent_bom_maintenance_b replication',
    names: 'agent_bom_maintenance_b has REPLICATION',
    mends: 'alter role agent_bom_maintenance_b noreplication',
  },
  {
    check: 'roles.attributes',
    what: 'a login without the rights of its role',
    breaks: 'alter role agent_bom_app_b noinherit',
    names: 'agent_bom_app_b has NOINHERIT',
    mends: 'alter role agent_bom_app_b inherit',
  },
  {
    check: 'roles.attributes',
    what: 'a marker role that may log in',
    breaks: 'alter role agent_bom_rls_maintenance login',
    names: 'agent_bom_rls_maintenance has LOGIN',
    mends: 'alter role agent_bom_rls_maintenance nologin',
  },
  {
    check: 'roles.memberships',
    what: 'a stranger who may act as the application',
    breaks: 'create role stranger; grant agent_bom_app to stranger',
    names: 'stranger is a member of agent_bom_app',
    mends: 'drop role stranger',
  },
  {
    check: 'limits.timeouts',
    what: 'a login that acts as another in one database',
    breaks: "alter role agent_bom_app in database agent_bom set role = 'agent_bom_app'",
    names: 'agent_bom_app sets role in database agent_bom',
    mends: 'alter role agent_bom_app in database agent_bom reset role',
  },
  {
    check: 'limits.timeouts',
    what: 'a database that looks elsewhere for every table',
    breaks: 'alter database agent_bom set search_path = public',
    names: 'every login sets search_path in database agent_bom',
    mends: 'alter database agent_bom reset search_path',
  },
  {
    check: 'limits.timeouts',
    what: 'a database in which triggers do not fire',
    breaks: 'alter database agent_bom set session_replication_role = replica',
    names: 'every login sets session_replication_role in database agent_bom',
    mends: 'alter database agent_bom reset session_replication_role',
  },
  {
    check: 'limits.timeouts',
    what: 'a database in which hidden rows are an error',
    breaks: 'alter database agent_bom set row_security = on',
    names: 'every login sets row_security in database agent_bom',
    mends: 'alter database agent_bom reset row_security',
  },
  {
    check: 'limits.timeouts',
    what: 'a timeout that is gone',
    breaks: 'alter role agent_bom_maintenance reset lock_timeout',
    names: 'agent_bom_maintenance: lock_timeout is not set, not 5s',
    mends: "alter role agent_bom_maintenance set lock_timeout = '5s'",
  },
  {
    check: 'limits.connections',
    what: 'a limit that is higher',
    breaks: 'alter role agent_bom_app connection limit 75',
    names: 'agent_bom_app may hold 75 connections, the budget says 74',
    mends: 'alter role agent_bom_app connection limit 74',
  },
  {
    check: 'limits.connections',
    what: 'no limit',
    breaks: 'alter role agent_bom_backup connection limit -1',
    names: 'agent_bom_backup may hold any number of connections, the budget says 4',
    mends: 'alter role agent_bom_backup connection limit 4',
  },
  {
    check: 'access.others',
    what: 'a policy for all commands that shows another role every row',
    breaks: 'create role stranger login; create policy reports on scan_jobs to stranger using (true)',
    names: 'policy reports on scan_jobs shows stranger rows of all tenants: DROP POLICY reports ON public.scan_jobs;',
    mends: 'drop policy reports on scan_jobs; drop role stranger',
  },
  {
    check: 'access.others',
    what: 'tables to come, in whatever schema, that another role may empty',
    breaks: `create role stranger login;
             alter default privileges for role agent_bom_owner grant truncate on tables to stranger`,
    names:
      'stranger will have TRUNCATE on tables that agent_bom_owner creates: ' +
      'ALTER DEFAULT PRIVILEGES FOR ROLE agent_bom_owner REVOKE TRUNCATE ON TABLES FROM stranger;',
    mends: 'drop owned by stranger cascade; drop role stranger',
  },
  {
    check: 'database.public',
    what: 'sequences to come that everybody moves',
    breaks: 'alter default privileges for role agent_bom_owner in schema public grant update on sequences to public',
    names: 'PUBLIC will have UPDATE on what agent_bom_owner creates',
    mends: 'alter default privileges for role agent_bom_owner in schema public revoke update on sequences from public',
  },
];
