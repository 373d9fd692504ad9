-- Taken first in a session that runs several files: whole runs take turns, and who waits says for what.
do $$
declare
  patience constant text := coalesce(nullif(current_setting('agent_bom.lock_timeout', true), ''), '300s');
begin
  if not pg_try_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract')) then
    raise notice 'waiting: another run of the contract is at work on database %', current_database();
    perform set_config('lock_timeout', patience, true);
    perform pg_advisory_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
  end if;
exception
  when lock_not_available then
    raise exception 'another run of the contract has been at work on database % for %', current_database(), patience
      using errcode = 'object_in_use',
            hint = 'Look for its session in pg_stat_activity, and run this again when it is gone.';
end
$$;
