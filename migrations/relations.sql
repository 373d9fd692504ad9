-- How the files of a step change tables of a control plane that is serving. While a change waits for its lock, every later
-- statement on that table queues behind it: so no wait is longer than lock_timeout, each table has a transaction of its
-- own, and a table that is in use is tried again after a pause in which the queue drains.
set lock_timeout = '2s';
-- The pauses belong to one statement, which a default of the server or the database would end.
set statement_timeout = 0;

-- Who holds a lock on a table, in words.
create or replace function pg_temp.holders(relation oid) returns text language sql as $$
  select coalesce(string_agg(format('session %s (%s%s%s)', coalesce(pid::text, 'of a prepared transaction'),
                                    coalesce(nullif(application_name, ''), backend_type, 'unknown application'),
                                    ' of ' || usename,
                                    ', in a transaction since ' || to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')),
                             ' and ' order by xact_start, pid),
                  'a session that is gone by now')
    from (select distinct l.pid, a.application_name, a.backend_type, a.usename, a.xact_start
            from pg_locks l
            left join pg_stat_activity a on a.pid = l.pid
           where l.locktype = 'relation' and l.granted and l.relation = $1 and l.pid is distinct from pg_backend_pid()
             and l.database = (select oid from pg_database where datname = current_database())
           order by a.xact_start, l.pid
           limit 3) holder
$$;

-- Runs the statements that a query returns as rows (relation oid, statement text), in their order, one transaction for
-- each relation. Has to be the only statement of its file: it commits.
create or replace procedure pg_temp.change_relations(changes text) language plpgsql as $$
declare
  patience constant text := coalesce(nullif(current_setting('agent_bom.lock_timeout', true), ''), '300s');
  item record;
  statement text;
  started timestamptz;
  pause interval;
  changed bool;
  holders text;
begin
  for item in execute format(
    'select relation, array_agg(statement order by number) as statements
       from (select relation, statement, row_number() over () as number from (%s) change) numbered
      group by relation
      order by min(number)', changes)
  loop
    started := clock_timestamp();
    pause := '1s';
    loop
      begin
        foreach statement in array item.statements loop
          execute statement;
        end loop;
        changed := true;
      exception
        when lock_not_available or deadlock_detected then
          changed := false;
      end;
      commit;
      exit when changed;
      holders := pg_temp.holders(item.relation);
      if clock_timestamp() + pause > started + patience::interval then
        raise exception 'the table % has been in use for % by %', item.relation::regclass, patience, holders
          using errcode = 'object_in_use',
                hint = 'End that transaction, if need be with pg_terminate_backend(<session>), and run this again: it '
                       'continues where it stopped.';
      end if;
      raise notice 'the table % is in use by %; trying again in % s', item.relation::regclass, holders,
                   extract(epoch from pause)::int
        using hint = 'End that transaction, if need be with pg_terminate_backend(<session>).';
      perform pg_sleep(extract(epoch from pause));
      pause := least(pause * 2, interval '30s');
    end loop;
  end loop;
end
$$;

-- Whether a table has rows and the planner has never been told. Reads no catalog, so it is asked only where that is likely;
-- a table that somebody locks is left to the next run.
create or replace function pg_temp.holds_pages(relation oid) returns bool language plpgsql set lock_timeout = '10ms' as $$
begin
  return exists (select from pg_partition_tree(relation) where pg_relation_size(relid) > 0)
         or pg_relation_size(relation) > 0;
exception
  when lock_not_available then
    return false;
end
$$;
