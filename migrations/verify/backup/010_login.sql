select 'login.backup' as check,
       case when session_user = 'agent_bom_backup' and current_setting('transaction_read_only') = 'on' then 'pass'
            else 'fail' end as status,
       format('logged in as %s, read only: %s', session_user, current_setting('transaction_read_only')) as detail;
