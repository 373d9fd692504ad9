-- Tables on which the application has fewer than all four privileges on rows, with those that it has.
select relation, (select string_agg(p, ',' order by p) from unnest(privileges) p)
  from jsonb_to_recordset(current_setting('agent_bom.narrowed_tables')::jsonb) n (relation text, privileges text[]);
