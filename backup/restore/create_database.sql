-- Creates the database that the dump is restored into, next to the one that it will replace and with the same locale.
-- Variables: `target` is the name of the one, `new` that of the other, `mark` the comment by which a later restore
-- knows a database that was left over. CREATE DATABASE sets no comment, so a limit that nobody else sets goes before it.
select format('create database %I template template0 connection limit %s encoding %L lc_collate %L lc_ctype %L locale_provider %s%s%s%s',
              current_setting('agent_bom.new'), current_setting('agent_bom.unfinished_limit'), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
              case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
              -- The columns are called otherwise, or absent, from one major to the next.
              case d.datlocprovider when 'i' then format(' icu_locale %L', coalesce(j ->> 'datlocale', j ->> 'daticulocale'))
                                    when 'b' then format(' builtin_locale %L', j ->> 'datlocale') end,
              case when j ->> 'daticurules' <> '' then format(' icu_rules %L', j ->> 'daticurules') end,
              case when t.spcname <> 'pg_default' and has_tablespace_privilege(t.oid, 'CREATE') then format(' tablespace %I', t.spcname) end)
  from pg_database d
  join pg_tablespace t on t.oid = d.dattablespace
 cross join lateral to_jsonb(d) j
 where d.datname = current_setting('agent_bom.target')
\gexec
select format('comment on database %I is %L', current_setting('agent_bom.new'), current_setting('agent_bom.mark'))
\gexec
