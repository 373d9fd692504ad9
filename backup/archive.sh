# shellcheck shell=bash
# Sourced by dump.sh and restore.sh.

# Roles of the contract, as a regular expression: everybody else's privileges and objects are not part of a dump.
# shellcheck disable=SC2034
CONTRACT_ROLES='agent_bom_(owner|rls_maintenance|readonly|app|app_b|maintenance|maintenance_b|backup)'

# Tools of an older major than the server's cannot read its catalog; newer ones can.
require_client() {
  local tool=$1 client server
  command -v "$tool" >/dev/null || refuse "$tool is not installed; install the PostgreSQL client of the server's major version"
  client=$(major_of "$tool")
  server=$(server_major)
  ((client >= server)) ||
    refuse "$tool is version $client and the server version $server; install the PostgreSQL client of version $server or later"
}

major_of() {
  "$1" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'
}

server_major() {
  psql -A -t -c "select current_setting('server_version_num')::int / 10000" ||
    refuse 'the server could not be asked for its version; psql says why above'
}

# Startup options, from pairs of a name and its value: the server splits them at spaces and backslashes.
startup_options() {
  local value
  while (($#)); do
    value=${2//\\/\\\\}
    printf -- '-c agent_bom.%s=%s ' "$1" "${value// /\\ }"
    shift 2
  done
}

# A path as an argument of a command of psql, which would divide it at spaces.
psql_path() {
  local path=${1//\\/\\\\} quote="'"
  printf %s "$quote${path//$quote/$quote$quote}$quote"
}

manifest_value() {
  sed -n "s/^$2\t//p" "$1"
}
