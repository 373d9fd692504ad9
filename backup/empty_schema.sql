-- Takes what is there out of the way; refuse_data.sql has asked before. What belongs to extensions goes with them.
set role agent_bom_owner;
drop schema if exists public cascade;
create schema public;
reset role;
