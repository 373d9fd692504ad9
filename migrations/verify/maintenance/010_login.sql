select 'login.maintenance' as check,
       case when session_user in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
                                       where identity = 'maintenance')
                 and pg_has_role(session_user, 'agent_bom_rls_maintenance', 'USAGE') then 'pass'
            else 'fail' end as status,
       format('logged in as %s', session_user) as detail;
