# shellcheck shell=bash
# Sourced by the scripts that use psql and pg_dump: connections come as URLs in the environment.

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
# into variables, which are not.
connect() {
  local variable=$1 url=${!1:-}
  local pattern='^postgres(ql)?://([^:/?#@]+):([^/?#@]+)@([^:/?#@]+)(:([0-9]+))?/([^?#]+)(\?([^#]*))?$'
  [[ $url =~ $pattern && $url != *[\\[:space:]]* ]] ||
    refuse "$variable is not a connection URL (postgresql://user:password@host:5432/database?sslmode=verify-full)"
  local user=${BASH_REMATCH[2]} password=${BASH_REMATCH[3]} host=${BASH_REMATCH[4]} port=${BASH_REMATCH[6]:-5432}
  local database=${BASH_REMATCH[7]} query="&${BASH_REMATCH[9]}&"
  [[ $query == *'&sslmode=verify-full&'* ]] || refuse "$variable does not say sslmode=verify-full"
  [[ $query =~ \&sslrootcert=([^\&]+)\& ]] || refuse "$variable names no file of certificate authorities (sslrootcert)"
  PGSSLROOTCERT=$(decode "${BASH_REMATCH[1]}") PGUSER=$(decode "$user") PGPASSWORD=$(decode "$password")
  PGDATABASE=$(decode "$database") PGHOST=$host PGPORT=$port PGSSLMODE=verify-full
  PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10} PGAPPNAME=agent-bom-postgres PGOPTIONS=${CONTRACT_OPTIONS:-}
  export PGSSLROOTCERT PGUSER PGPASSWORD PGDATABASE PGHOST PGPORT PGSSLMODE PGCONNECT_TIMEOUT PGAPPNAME PGOPTIONS
}
