select 'login.maintenance' as check,
       case when session_user in ('agent_bom_maintenance', 'agent_bom_maintenance_b')
                 and pg_has_role(session_user, 'agent_bom_rls_maintenance', 'USAGE') then 'pass'
            else 'fail' end as status,
       format('logged in as %s', session_user) as detail;
