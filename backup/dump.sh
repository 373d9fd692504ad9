#!/usr/bin/env bash
# Dumps the database and writes next to the dump what it holds: dump.sh <directory> [<name>]
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
[[ ! -e $dump && ! -e $manifest ]] || refuse "there is a file $dump or its manifest; a dump replaces none"

connect AGENT_BOM_POSTGRES_BACKUP_URL
require_client pg_dump
umask 077

# Dump and counts see the same moment: the session that counts exports its snapshot, and lives until the dump is done.
PGOPTIONS="$PGOPTIONS -c agent_bom.contract_roles=$CONTRACT_ROLES"
coproc counter { psql -A -t -F $'\t'; }
ask() {
  printf '%s\n' "$1" >&"${counter[1]}"
}
# Reads what was asked for, up to the line `end`.
answer() {
  ask "select 'end';"
  local line
  while IFS= read -r line <&"$counter_output"; do
    if [[ $line == end ]]; then return; fi
    printf '%s\n' "$line"
  done
  refuse "$1; psql says why above"
}
counter_output=${counter[0]}
ask "\\i $(psql_path "$migrations/facts.sql")"
ask 'begin transaction isolation level repeatable read, read only;'
ask 'select pg_export_snapshot();'
snapshot=''
while [[ -z $snapshot ]]; do
  read -r snapshot <&"$counter_output" || refuse 'the backup login could not export a snapshot; psql says why above'
done

printf 'dumping database %s at %s\n' "$PGDATABASE" "$PGHOST"
ask "\\i $(psql_path "$migrations/dependents.sql")"
ask "\\i $(psql_path "$here/relations.sql")"
ask "\\i $(psql_path "$here/hidden_rows.sql")"
answer 'this database cannot be dumped' >/dev/null
ask "\\i $(psql_path "$here/left_out.sql")"
left_out=$(answer 'what is not of the contract could not be listed')
if [[ -n $left_out ]]; then printf 'left out, because it is not of the contract: %s\n' "${left_out//$'\n'/, }"; fi
ask "select 'left_out', kind, entry, comment from jsonb_to_recordset(current_setting('agent_bom.dependents')::jsonb) d (kind text, entry text, comment text);"
entries=$(answer 'the entries that are left out could not be listed')
ask "\\i $(psql_path "$here/excluded_tables.sql")"
patterns=$(answer 'the tables of others could not be listed')
excluded=()
while IFS= read -r pattern; do
  if [[ -n $pattern ]]; then excluded+=("--exclude-table=$pattern"); fi
done <<<"$patterns"
# By them the restore knows which entries of the archive are of the contract.
ask "select 'agent_bom_owner' union select pg_get_userbyid(member) from pg_auth_members where roleid = 'agent_bom_owner'::regrole;"
owners=$(answer 'the owners could not be listed')
ask "select coalesce(sum(pg_total_relation_size(r)), 0) from unnest(current_setting('agent_bom.relations')::oid[]) r;"
size=$(answer 'the size of the tables is not known')
# The rows are counted while they are dumped.
ask "\\o $(psql_path "$manifest.contents")"
ask "\\i $(psql_path "$here/contents.sql")"
ask '\o'
# Row-level security stays on: hidden_rows.sql has proven that it hides nothing.
pg_dump --format=custom --schema=public ${excluded+"${excluded[@]}"} --no-publications --no-subscriptions \
  --no-security-labels --enable-row-security --snapshot="$snapshot" --file="$dump.part" --lock-wait-timeout=60s
{
  printf 'format\t4\n'
  printf 'sha256\t%s\n' "$(sha256sum <"$dump.part" | cut -d ' ' -f 1)"
  printf 'bytes\t%s\n' "$(wc -c <"$dump.part")"
  printf 'database_bytes\t%s\n' "$size"
  printf 'owners\t%s\n' "${owners//$'\n'/,}"
  if [[ -n $entries ]]; then printf '%s\n' "$entries"; fi
} >"$manifest.part"
answer 'the contents could not be counted' >/dev/null
ask 'rollback;'
cat "$manifest.contents" >>"$manifest.part"
rm "$manifest.contents"
mv "$dump.part" "$dump"
mv "$manifest.part" "$manifest"
printf 'wrote %s (%s bytes) and %s\n' "$dump" "$(wc -c <"$dump")" "$manifest"
