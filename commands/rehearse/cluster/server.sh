#!/usr/bin/env bash
# Starts a PostgreSQL with the privileges and the TLS of RDS, in any image that has the programs of a server. Its files
# are in PGDATA and end with the pod. Passwords and names come from the environment, the certificate from /certificates.
set -euo pipefail

export PATH=$PATH:/usr/lib/postgresql/15/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/17/bin:/usr/lib/postgresql/18/bin LC_ALL=C
socket=/tmp
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  initdb --pgdata="$PGDATA" --username=rdsadmin --pwfile=<(printf '%s\n' "$SUPERUSER_PASSWORD") --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-sync --no-instructions
fi
install -m 600 /certificates/tls.crt "$PGDATA/server.crt"
install -m 600 /certificates/tls.key "$PGDATA/server.key"
# `rds.force_ssl`: connections without TLS are rejected before the server asks for the password.
printf '%s\n' 'local all rdsadmin trust' 'hostssl all all all scram-sha-256' 'hostnossl all all all reject' >"$PGDATA/pg_hba.conf"
cat >"$PGDATA/postgresql.conf" <<END
listen_addresses = '*'
port = 5432
unix_socket_directories = '$socket'
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
max_connections = $MAX_CONNECTIONS
timezone = 'UTC'
log_timezone = 'UTC'
fsync = off
shared_buffers = '64MB'
END

postgres -D "$PGDATA" &
server=$!
trap 'kill -QUIT "$server"; wait "$server" || true; exit 0' TERM
sql() {
  psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -U rdsadmin -d postgres "$@"
}
until sql -c 'select' >/dev/null 2>&1; do
  kill -0 "$server" || exit 1
  sleep 0.2
done
# RDS's master user is a member of `rds_superuser` and no superuser.
sql <<END
set log_statement = none;
do \$\$ begin
  if not exists (select from pg_roles where rolname = '$ADMIN_LOGIN') then
    create role rds_superuser nologin;
    grant pg_monitor, pg_signal_backend to rds_superuser;
    create role $ADMIN_LOGIN login createrole createdb password '$ADMIN_PASSWORD';
    grant rds_superuser to $ADMIN_LOGIN;
  end if;
end \$\$;
select 'create database $DATABASE owner $ADMIN_LOGIN' where not exists (select from pg_database where datname = '$DATABASE') \gexec
END
touch /tmp/ready
wait "$server"
