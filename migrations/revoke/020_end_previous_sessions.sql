-- A session outlives the password and the LOGIN that it began with.
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

do $$
declare
  item record;
begin
  for item in
    select a.pid, r.rolname
      from pg_stat_activity a
      join pg_roles r on r.rolname = a.usename
     where not r.rolcanlogin
       and r.rolname in (select login from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, login name)
                          where identity <> 'backup')
  loop
    begin
      perform pg_terminate_backend(item.pid, 5000);
    exception
      when insufficient_privilege then
        raise exception 'the administrator % may not end the sessions of %', session_user, item.rolname
          using hint = format('Run as a superuser: GRANT pg_signal_backend TO %I; and run this again.', session_user);
    end;
  end loop;
end
$$;

commit;
