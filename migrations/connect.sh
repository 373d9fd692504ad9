# shellcheck shell=bash
# Sourced by the scripts that use psql and pg_dump: connections come as URLs in the environment.

CONNECT_DIRECTORY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Names without a schema are PostgreSQL's own: what others put into a schema that they may write answers to none of ours.
PINNED='-c search_path=pg_catalog,pg_temp'

refuse() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

decode() {
  printf '%b' "${1//%/\\x}"
}

# The revision that the packaged migrations of the image end at, where packaged.sh has written it; nothing without it.
image_head() {
  local head=''
  [[ -n ${CONTRACT_REVISIONS_FILE:-} ]] || return 0
  [[ ! -r $CONTRACT_REVISIONS_FILE ]] || read -r head <"$CONTRACT_REVISIONS_FILE" || true
  [[ $head =~ ^[0-9A-Za-z_]+$ ]] ||
    refuse "$CONTRACT_REVISIONS_FILE does not say at which revision the migrations of the image end"
  printf '%s' "$head"
}

# psql accepts a URL only as an argument, and arguments are open to every process of the machine: so it is taken apart
# into variables, which are not. All others that psql and libpq read go: a service beats every one that is set here.
connect() {
  local variable=$1 url=${!1:-} name
  local pattern='^postgres(ql)?://([^:/?#@]+):([^/?#@]+)@([^:/?#@]+)(:([0-9]+))?/([^?#]+)(\?([^#]*))?$'
  [[ $url =~ $pattern && $url != *[\\[:space:]]* ]] ||
    refuse "$variable is not a connection URL (postgresql://user:password@host:5432/database?sslmode=verify-full)"
  local user=${BASH_REMATCH[2]} password=${BASH_REMATCH[3]} host=${BASH_REMATCH[4]} port=${BASH_REMATCH[6]:-5432}
  local database=${BASH_REMATCH[7]} query="&${BASH_REMATCH[9]}&"
  [[ $query == *'&sslmode=verify-full&'* ]] || refuse "$variable does not say sslmode=verify-full"
  [[ $query =~ \&sslrootcert=([^\&]+)\& ]] || refuse "$variable names no file of certificate authorities (sslrootcert)"
  for name in "${!PG@}" "${!PSQL@}"; do unset "$name"; done
  PGSSLROOTCERT=$(decode "${BASH_REMATCH[1]}") PGUSER=$(decode "$user") PGPASSWORD=$(decode "$password")
  PGDATABASE=$(decode "$database") PGHOST=$host PGPORT=$port PGSSLMODE=verify-full
  # pg_restore would take such a name for the parameters of a connection.
  [[ $PGDATABASE != *=* ]] || refuse "$variable names a database with an equals sign"
  # What the server, the database or the login say of the encoding may have no place for a tenant's name.
  PGCLIENTENCODING=UTF8 PGCONNECT_TIMEOUT=10 PGAPPNAME=agent-bom-postgres PGOPTIONS="${CONTRACT_OPTIONS:-} $PINNED"
  # Not from the home directory either: a certificate of the client, a revocation list, a ticket of Kerberos; and no pager.
  PGSSLCERTMODE=disable PGSSLCERT=/dev/null/none PGSSLKEY=/dev/null/none PGSSLCRL=/dev/null/none PGGSSENCMODE=disable PSQL_PAGER=''
  export PGSSLROOTCERT PGUSER PGPASSWORD PGDATABASE PGHOST PGPORT PGSSLMODE PGCLIENTENCODING PGCONNECT_TIMEOUT PGAPPNAME \
    PGOPTIONS PGSSLCERTMODE PGSSLCERT PGSSLKEY PGSSLCRL PGGSSENCMODE PSQL_PAGER
}

# Every session of psql begins with the proof of where it is, and ends with the first error. Without statements in its arguments it reads them from its input.
psql() {
  case " $* " in
    *' -c '* | *' -f '* | *' --version '*) ;;
    *) set -- "$@" -f - ;;
  esac
  command psql -X -q -v ON_ERROR_STOP=1 -f "$CONNECT_DIRECTORY/prove.psql" "$@"
}
