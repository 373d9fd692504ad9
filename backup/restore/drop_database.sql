-- Drops the database agent_bom.unwanted, with whoever is still connected to it.
select format('drop database if exists %I with (force)', current_setting('agent_bom.unwanted'))
\gexec
