#!/usr/bin/env bash
# Dumps the database and writes, beside the dump, what it holds: dump.sh <directory> [<name>]
# Without a name it is the present moment in UTC, such as 2026-01-31T03-00-00Z.
# Connects as the backup login (AGENT_BOM_POSTGRES_BACKUP_URL), which reads every row and can write nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
migrations=${MIGRATIONS_DIRECTORY:-$here/../migrations}
# shellcheck source=../migrations/connect.sh
source "$migrations/connect.sh"
# shellcheck source=archive.sh
source "$here/archive.sh"

name=${2:-$(date -u +%Y-%m-%dT%H-%M-%SZ)}
[[ -d ${1:-} && $# -le 2 && $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || refuse 'usage: dump.sh <directory> [<name>]'
dump=$1/$name.dump manifest=$1/$name.manifest
[[ ! -e $dump && ! -e $manifest ]] || refuse "$dump or its manifest exists already"

connect AGENT_BOM_POSTGRES_BACKUP_URL
require_client pg_dump
umask 077

# Dump and counts see the same moment: the session that counts exports its snapshot, and lives until the dump is done.
coproc counter { psql -X -q -A -t -F $'\t' -v ON_ERROR_STOP=1; }
ask() {
  printf '%s\n' "$1" >&"${counter[1]}"
}
counter_output=${counter[0]}
ask 'begin transaction isolation level repeatable read, read only;'
ask 'select pg_export_snapshot();'
read -r snapshot <&"$counter_output" || refuse 'the backup login could not export a snapshot; psql says why above'

printf 'dumping database %s at %s\n' "$PGDATABASE" "$PGHOST"
# Row-level security stays on: the policy of the backup login shows every row, and a table without it fails the count.
pg_dump --format=custom --enable-row-security --snapshot="$snapshot" --file="$dump.part" --lock-wait-timeout=60s
{
  printf 'format\t1\n'
  printf 'sha256\t%s\n' "$(sha256sum <"$dump.part" | cut -d ' ' -f 1)"
  printf 'bytes\t%s\n' "$(wc -c <"$dump.part")"
} >"$manifest.part"
ask "\\i $here/contents.sql"
ask "select 'end';"
while IFS= read -r line <&"$counter_output"; do
  if [[ $line == end ]]; then break; fi
  printf '%s\n' "$line"
done >>"$manifest.part"
[[ ${line:-} == end ]] || refuse 'the contents could not be counted; psql says why above'
ask 'rollback;'
mv "$dump.part" "$dump"
mv "$manifest.part" "$manifest"
printf 'wrote %s (%s bytes) and %s\n' "$dump" "$(wc -c <"$dump")" "$manifest"
