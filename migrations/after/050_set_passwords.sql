-- Passwords, taken from the very URLs that the workloads will use, so that the two cannot differ. They arrive as startup
-- options and leave as SCRAM verifiers computed here: no statement, log line, error context or setting ever holds one.
-- So the functions are of PL/pgSQL, and none of their expressions has a FROM: auto_explain writes the parameters of
-- queries into the log, those of functions in SQL too, but such an expression is no query.
-- https://www.rfc-editor.org/rfc/rfc5802 and https://www.rfc-editor.org/rfc/rfc7677
begin;
select pg_advisory_xact_lock(hashtext('agent-bom-postgres'), hashtext('contract'));
set local lock_timeout = '2s';

create or replace function pg_temp.percent_decode(encoded text) returns text language plpgsql as $$
declare
  rest text := encoded;
  part text;
  decoded bytea := '';
begin
  while rest <> '' loop
    part := substring(rest from '^(?:%..|[^%]+)');
    decoded := decoded || case when part ~ '^%' then decode(substr(part, 2), 'hex') else convert_to(part, 'UTF8') end;
    rest := substr(rest, length(part) + 1);
  end loop;
  return convert_from(decoded, 'UTF8');
end
$$;

-- Clients prepare a password like this before they derive a key from it (https://www.rfc-editor.org/rfc/rfc4013). The
-- normal form makes spaces of the others that the RFC lists. libpq takes one as it is that has characters which Unicode 3.2
-- did not have: of these, people type emoji.
create or replace function pg_temp.prepare_password(password text) returns text language plpgsql as $$
begin
  return case
    when password ~ '^[\u0001-\u007F]*$|[\U0001F000-\U0001FAFF]' then password
    else normalize(
      regexp_replace(
        regexp_replace(password, '[\u1680\u200B]', ' ', 'g'),
        '[\u00AD\u034F\u1806\u180B-\u180D\u200C\u200D\u2060\uFE00-\uFE0F\uFEFF]', '', 'g'),
      NFKC)
  end;
end
$$;

create or replace function pg_temp.pad_key(key bytea, pad int) returns bytea language plpgsql as $$
declare
  block bytea := case when length(key) > 64 then sha256(key) else key end;
begin
  block := block || decode(repeat('00', 64 - length(block)), 'hex');
  for i in 0..63 loop
    block := set_byte(block, i, get_byte(block, i) # pad);
  end loop;
  return block;
end
$$;

create or replace function pg_temp.hmac_sha256(key bytea, message bytea) returns bytea language plpgsql as $$
begin
  return sha256(pg_temp.pad_key(key, 92) || sha256(pg_temp.pad_key(key, 54) || message));
end
$$;

create or replace function pg_temp.scram_verifier(password text) returns text language plpgsql as $$
declare
  iterations constant int := 4096;
  salt constant bytea := uuid_send(gen_random_uuid());
  key constant bytea := convert_to(pg_temp.prepare_password(password), 'UTF8');
  inner_key constant bytea := pg_temp.pad_key(key, 54);
  outer_key constant bytea := pg_temp.pad_key(key, 92);
  block bytea := sha256(outer_key || sha256(inner_key || salt || '\x00000001'::bytea));
  sum bit(256) := ('x' || encode(block, 'hex'))::bit(256);
  salted bytea := '\x';
begin
  for i in 2..iterations loop
    block := sha256(outer_key || sha256(inner_key || block));
    sum := sum # ('x' || encode(block, 'hex'))::bit(256);
  end loop;
  for i in 0..7 loop
    salted := salted || int4send(substring(sum from i * 32 + 1 for 32)::int);
  end loop;
  return format('SCRAM-SHA-256$%s:%s$%s:%s', iterations, encode(salt, 'base64'),
                encode(sha256(pg_temp.hmac_sha256(salted, 'Client Key'::bytea)), 'base64'),
                encode(pg_temp.hmac_sha256(salted, 'Server Key'::bytea), 'base64'));
end
$$;

do $$
declare
  item record;
  url text;
  part text[];
  login text;
  password text;
begin
  for item in
    select identity, variable, array_agg(l.login) as logins
      from jsonb_to_recordset(current_setting('agent_bom.logins')::jsonb) l (identity text, variable text, login text)
     group by identity, variable
     order by identity
  loop
    url := current_setting(format('agent_bom.%s_url', item.identity), true);
    part := regexp_match(url, '^postgres(?:ql)?(?:\+psycopg2?)?://([^:/?#@[:space:]]+):([^/?#@[:space:]]+)@');
    if part is null then
      raise exception '% is not a connection URL with a user and a password', item.variable
        using hint = 'Percent-encode user and password: postgresql://user:password@host:5432/agent_bom';
    end if;
    if part[1] || part[2] ~ '%(?![0-9A-Fa-f]{2})' then
      raise exception 'user or password in % are not percent-encoded', item.variable
        using hint = 'A percent sign itself is written as %25.';
    end if;
    login := pg_temp.percent_decode(part[1]);
    password := pg_temp.percent_decode(part[2]);
    if login <> all (item.logins) then
      raise exception '% logs in as %', item.variable, login
        using hint = format('Its login is one of: %s', array_to_string(item.logins, ', '));
    end if;
    execute format('alter role %I login password %L', login, pg_temp.scram_verifier(password));
  end loop;
end
$$;

commit;
