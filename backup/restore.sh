#!/usr/bin/env bash
# Restores a dump: restore.sh <file.dump> [--replace <database>] [--once]
# Needs the administrator's URL and those of the runtime identities, as the migration Job. The dump is restored into a
# new database next to the one that the URLs name: roles first, then the data, then grants, limits and passwords, then the
# checks, then a comparison with the dump's manifest. Only then does the new database take the name; until that moment
# the other one is untouched and in use, and afterwards it is kept under another name.
# With --once a database that already was restored from a dump of this name is left as it is. CONTRACT_REVISIONS_FILE is the
# file that packaged.sh wrote, and says which revisions the image can migrate.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
migrations=${MIGRATIONS_DIRECTORY:-$here/../migrations}
# shellcheck source=../migrations/connect.sh
source "$migrations/connect.sh"
# shellcheck source=archive.sh
source "$here/archive.sh"
# shellcheck source=restore/new_database.sh
source "$here/restore/new_database.sh"

usage='usage: restore.sh <file.dump> [--replace <database>] [--once]'
dump=${1:-} replace='' once=''
[[ $# -ge 1 ]] || refuse "$usage"
shift
while [[ $# -gt 0 ]]; do
  case $1 in
    --replace) [[ -n ${2:-} ]] || refuse "$usage"; replace=$2; shift 2 ;;
    --once) once=1; shift ;;
    *) refuse "$usage" ;;
  esac
done
manifest=${dump%.dump}.manifest
[[ -r $dump && $dump == *.dump ]] || refuse "$dump is not a dump that can be read; $usage"
[[ -r $manifest ]] || refuse "$manifest is missing; every dump has its manifest next to it"
work=$(mktemp -d)
trap clean_up EXIT
sha256sum <"$dump" >"$work/sha256" &
hashing=$!

# What would stop the restore is found here, while nothing has been changed.
connect ALEMBIC_DATABASE_URL
require_client pg_restore
target=$PGDATABASE
mark="restored from $(basename "$dump")"
open_keeper
if [[ -n $once ]]; then
  found=$(psql -A -t -f "$here/restore/restored_from.sql")
  if [[ $found == "$mark" ]]; then
    printf 'left as it is: database %s was %s already, as its comment says\n' "$target" "$mark"
    exit 0
  fi
fi
[[ $(manifest_value "$manifest" format) == [1234] ]] || refuse "$manifest is of a format that this version does not know"
if ! pg_restore --list "$dump" >"$work/list" 2>"$work/errors"; then
  refuse_damage
  refuse "$dump cannot be read by this version of pg_restore: $(tail -n 1 "$work/errors")"
fi
source_major=$(sed -nE 's/^; *Dumped from database version: ([0-9]+).*/\1/p' "$work/list")
target_major=$(server_major)
((source_major <= target_major)) ||
  refuse "$dump comes from PostgreSQL $source_major and the server is version $target_major; restore into version $source_major or later"
# The checks ask for the revision that the dump has: what brings it further comes after the restore. Revisions that the
# image knows are its own or older ones; without the image they are compared by the date that they begin with.
revision=$(manifest_value "$manifest" revision)
head=$(image_head)
if [[ -n $head ]]; then
  known=$(grep -cxF -- "$revision" "$CONTRACT_REVISIONS_FILE" || true)
else
  if [[ ${CONTRACT_OPTIONS:-} =~ agent_bom\.alembic_head=([0-9A-Za-z_]+) ]]; then head=${BASH_REMATCH[1]}; fi
  known=1
  if [[ $revision > ${head:-$revision} ]]; then known=0; fi
fi
[[ $revision =~ ^[0-9A-Za-z_]+$ && $known == 1 ]] ||
  refuse "$dump is of the schema's revision ${revision:-unknown}, and this version of the contract ends at ${head:-none}; restore it with the version that made it"
for identity in app maintenance backup; do
  [[ " ${CONTRACT_OPTIONS:-} " =~ \ agent_bom\.${identity}_connection_limit=[1-9][0-9]{0,5}\  ]] ||
    refuse "CONTRACT_OPTIONS names no agent_bom.${identity}_connection_limit; the Job and the command \`restore\` set it"
done
export CONTRACT_OPTIONS="${CONTRACT_OPTIONS:-} -c agent_bom.alembic_head=$revision" CONTRACT_REVISIONS_FILE=
PGOPTIONS="$PGOPTIONS $(startup_options replace "$replace" dump_revision "$revision" stop_command "${CONTRACT_STOP_COMMAND:-}")" psql -o /dev/null \
  -f "$migrations/facts.sql" -f "$here/restore/refuse.sql"
refuse_other_logins
refuse_damage

show_space
# What is built here counts from the exchange of names on, which is written to disk with all that was before it.
maintenance_memory=$(psql -A -t -c \
  "select greatest(65536, least(524288, setting::bigint)) from pg_settings where name = 'shared_buffers'")
CONTRACT_OPTIONS+=" -c synchronous_commit=off -c maintenance_work_mem=$maintenance_memory"
printf 'restoring %s next to database %s at %s\n' "$dump" "$target" "$PGHOST"
create_database
# Roles that exist are no obstacle: it is not the packaged migrations that come next.
CONTRACT_OPTIONS="$CONTRACT_OPTIONS -c agent_bom.restoring=on" bash "$migrations/run.sh" before
psql -o /dev/null -f "$migrations/facts.sql" -f "$here/restore/prepare.sql"
select_entries
restore_entries
# What does not disturb each other runs at a time: statistics, and later checks and counts. Up to version 17 a dump has no
# statistics, without which the planner knows nothing of the tables.
PGOPTIONS='-c role=agent_bom_owner' psql -c 'set client_min_messages = error' -c analyze &
analysis=$!
bash "$migrations/run.sh" after
count_contents >"$work/counted" &
counting=$!
bash "$migrations/run.sh" verify

printf 'comparing with %s\n' "$manifest"
wait "$counting"
sort "$work/counted" >"$work/contents"
wanted_contents | sort >"$work/wanted"
if ! diff "$work/wanted" "$work/contents" >"$work/difference"; then
  head -n 20 "$work/difference" >&2
  printf 'error: the restored database differs from the dump; < is the dump, > the database\n' >&2
  exit 1
fi
wait "$analysis"
take_name
if [[ $revision != "${head:-$revision}" ]]; then
  printf 'the schema is at revision %s; run the migrations to bring it to %s\n' "$revision" "$head"
fi
printf 'restored: %s rows in %s tables and tenants, exactly as dumped\n' \
  "$(awk -F '\t' '$1 == "rows" { sum += $4 } END { print sum + 0 }' "$work/contents")" "$(grep -c $'^rows\t' "$work/contents" || true)"
