# shellcheck shell=bash
# Sourced by dump.sh and restore.sh.

# Tools of an older major than the server's cannot read its catalog; newer ones can.
require_client() {
  local tool=$1 client server
  command -v "$tool" >/dev/null || refuse "$tool is not installed; install the PostgreSQL client of the server's major version"
  client=$("$tool" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
  server=$(psql -X -q -A -t -c "select current_setting('server_version_num')::int / 10000") ||
    refuse 'the server could not be asked for its version; psql says why above'
  ((client >= server)) ||
    refuse "$tool is version $client and the server version $server; install the PostgreSQL client of version $server or later"
}

manifest_value() {
  sed -n "s/^$2\t//p" "$1"
}
