# shellcheck shell=bash disable=SC2154
# Sourced by restore.sh: the new database, from its creation until it takes the name. `target` is the
# database that the URLs name, `new` the new one, `work` a directory for files, `keeper` a session in a third database.

# CREATE DATABASE sets no comment; until it has one, this limit marks a database as ours.
UNFINISHED_LIMIT=987654321
URL_VARIABLES=(ALEMBIC_DATABASE_URL AGENT_BOM_POSTGRES_URL AGENT_BOM_POSTGRES_MAINTENANCE_URL AGENT_BOM_POSTGRES_BACKUP_URL)

# The file is read while the server is asked; large ones take minutes.
refuse_damage() {
  wait "$hashing"
  hashing=''
  [[ $(cut -d ' ' -f 1 "$work/sha256") == "$(manifest_value "$manifest" sha256)" ]] ||
    refuse "$dump is not the file that its manifest describes: it is damaged or truncated"
}

# `after` sets these passwords for the whole server. One that is not the login's own would lock out running pods.
refuse_other_logins() {
  local place=$PGHOST:$PGPORT/$PGDATABASE variable problem migrated
  migrated=$(psql -A -t -c "select to_regclass('public.alembic_version') is not null")
  local -A logins=([AGENT_BOM_POSTGRES_URL]='agent_bom_app|agent_bom_app_b' [AGENT_BOM_POSTGRES_BACKUP_URL]=agent_bom_backup
    [AGENT_BOM_POSTGRES_MAINTENANCE_URL]='agent_bom_maintenance|agent_bom_maintenance_b')
  for variable in "${!logins[@]}"; do
    (
      connect "$variable"
      [[ $PGUSER =~ ^(${logins[$variable]})$ ]] || refuse "$variable logs in as $PGUSER; its login is one of ${logins[$variable]/|/, }"
      [[ $PGHOST:$PGPORT/$PGDATABASE == "$place" ]] || refuse "$variable leads to another database than ALEMBIC_DATABASE_URL"
    )
    [[ $migrated == t ]] || continue
    problem=$(connect "$variable"; psql -A -t -c 'select 1' 2>&1) || true
    [[ $problem == *'password authentication failed'* ]] || continue
    # One that may not log in yet is locked out by nothing.
    [[ -z $(connect "$variable"; login=$PGUSER; connect ALEMBIC_DATABASE_URL
      psql -A -t -c "select 1 from pg_roles where rolname = '$login' and rolcanlogin") ]] ||
      refuse "the password in $variable is not the one that its login has, and a restore changes no password that is in use; run the migrations first, or correct the URL"
  done
}

# Runs a file of this directory in the third database: in_third <file> [<name> <value>]... The file finds what it is told
# in settings, such as agent_bom.target.
in_third() {
  PGDATABASE=$third PGOPTIONS=$(startup_options target "$target" new "${new:-}" contract_roles "$CONTRACT_ROLES" \
    unfinished_limit "$UNFINISHED_LIMIT" "${@:2}") psql -A -t -f "$here/restore/$1"
}

# A session in a third database: there the names are exchanged, and there two restores meet. It ends with this script,
# however this script ends, and its lock with it.
open_keeper() {
  local answer database
  for database in postgres template1; do
    if [[ $database != "$target" ]] && PGDATABASE=$database psql -o /dev/null -c 'select 1' 2>"$work/errors"; then break; fi
    database=''
  done
  [[ -n $database ]] ||
    refuse "the administrator reaches neither the database postgres nor template1, from where the restored database takes its name: $(head -n 1 "$work/errors")"
  third=$database
  coproc keeper {
    PGDATABASE=$third PGOPTIONS="-c idle_session_timeout=0 $(startup_options target "$target")" \
      psql -A -t 2>"$work/keeper"
  }
  printf '%s\n' "select pg_try_advisory_lock(hashtext('agent-bom-postgres'), hashtext('restore ' || current_setting('agent_bom.target')));" >&"${keeper[1]}"
  read -r answer <&"${keeper[0]}" || refuse "the session in database $third ended: $(tail -n 1 "$work/keeper")"
  [[ $answer == t ]] || refuse "another restore into database $target is at work; restore again when it is done"
}

# No server says how much disk is free. So what a restore takes is said before it takes it; manifests of earlier versions
# know the size of the dump alone, which is compressed.
show_space() {
  local needed present about='about '
  needed=$(manifest_value "$manifest" database_bytes)
  [[ -n $needed ]] || { needed=$(manifest_value "$manifest" bytes); about='more than '; }
  present=$(psql -A -t -c 'select pg_database_size(current_database())')
  # What comes from elsewhere is not given with -v, which takes a backslash for the beginning of something else.
  name=$target awk -v needed="$needed" -v present="$present" -v about="$about" 'BEGIN {
    printf "disk space: the server needs %s%.0f MiB free, and write-ahead log; database %s, which stays, takes %.0f MiB\n",
           about, needed / 1048576 + 0.5, ENVIRON["name"], present / 1048576 }'
}

create_database() {
  local stem variable mark="unfinished restore into the database $target"
  stem=$(LC_ALL=C; printf '%s' "${target//[^A-Za-z0-9_]/_}" | cut -c 1-40)_restoring_
  in_third leftovers.sql stem "$stem" mark "$mark" |
    sed 's/.*/dropping &, which an interrupted restore left/'
  existing=$(psql -A -t -c "select string_agg(rolname, ',') from pg_roles where rolname ~ '^$CONTRACT_ROLES\$'")
  new=$stem$(printf '%04x%04x' "$((RANDOM * 2 + RANDOM % 2))" "$((RANDOM * 2 + RANDOM % 2))")
  in_third create_database.sql mark "$mark"
  for variable in "${URL_VARIABLES[@]}"; do
    [[ ${!variable} =~ ^([^:]+://[^/]+/)[^?]+(\?.*)$ ]]
    export "$variable=${BASH_REMATCH[1]}$new${BASH_REMATCH[2]}"
  done
  connect ALEMBIC_DATABASE_URL
}

# Divides the entries of the archive: what is not of the contract is left out, and privileges come last, because those of
# others are left out of them line by line. So does row-level security: it would hide rows from a foreign key that another
# worker adds. The manifest says who owned what and which policies are of the contract.
select_entries() {
  local owners
  owners=$(manifest_value "$manifest" owners)
  [[ -n $owners ]] || owners=$(sed -nE $'s/^table\t[^\t]*\t[^\t]*\t([^\t]*)\t.*/\\1/p' "$manifest" | sort -u | paste -s -d , -)
  owners=$owners directory=$work awk '
    BEGIN { entries = ENVIRON["directory"] "/entries"; last = ENVIRON["directory"] "/last" }
    BEGIN { split(ENVIRON["owners"], list, ","); for (i in list) is_owner[list[i]] = 1 }
    NR == FNR {
      split($0, field, "\t")
      if ($1 == "policy") is_policy[field[2] " " field[3]] = 1
      if ($1 == "left_out") { left_out[field[2] " " field[3]] = 1; left_out_name[field[2] " " field[4]] = 1 }
      next
    }
    !match($0, /^[0-9]+; [0-9]+ [0-9]+ [A-Z][A-Z ]* public /) || !is_owner[$NF] { next }
    {
      kind = substr($0, 1, RLENGTH - 8); sub(/^[0-9]+; [0-9]+ [0-9]+ /, "", kind)
      name = substr($0, RLENGTH + 1); name = substr(name, 1, length(name) - length($NF) - 1)
    }
    left_out[(kind ~ /CONSTRAINT$/ ? "CONSTRAINT" : kind) " " name] || (kind == "INDEX ATTACH" && left_out["INDEX " name]) { next }
    (kind == "COMMENT" || kind == "ACL") && left_out_name[name] { next }
    kind ~ /^(MATERIALIZED VIEW|FOREIGN TABLE|SECURITY LABEL|PUBLICATION)/ || (kind == "POLICY" && !is_policy[name]) { next }
    { print >(kind ~ /ACL$|^ROW SECURITY$/ ? last : entries) }' "$manifest" "$work/list"
}

# pg_restore of 17 and later sets a parameter that earlier servers do not have. Its statements go through psql then.
without_unknown_settings() {
  sed -E '1,40{/^SET transaction_timeout = /d;}'
}

restore_entries() {
  local jobs
  jobs=$(nproc 2>/dev/null || sysctl -n hw.ncpu)
  if (($(major_of pg_restore) >= 17 && target_major < 17)); then
    pg_restore --file=- --no-owner --no-tablespaces --role=agent_bom_owner --use-list="$work/entries" "$dump" |
      without_unknown_settings | psql -o /dev/null --single-transaction
  else
    pg_restore --dbname="$PGDATABASE" --no-owner --no-tablespaces --role=agent_bom_owner --exit-on-error \
      --jobs="$((jobs < 4 ? jobs : 4))" --use-list="$work/entries" "$dump"
  fi
  pg_restore --file=- --no-owner --role=agent_bom_owner --use-list="$work/last" "$dump" | without_unknown_settings |
    sed -E -e '/^SET SESSION AUTHORIZATION /,/^RESET SESSION AUTHORIZATION/d' \
      -e "/^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) /{/ (TO|FROM) (PUBLIC|$CONTRACT_ROLES)( WITH GRANT OPTION)?;\$/!d;}" |
    psql -o /dev/null --single-transaction
  # Default privileges as this version of the contract has them, whichever made the dump.
  psql -o /dev/null -f "$migrations/facts.sql" -f "$migrations/before/020_own_database.sql"
}

# The lines of the manifest, as `after` leaves the database: earlier versions of the contract gave the application more than
# the migrations say on some tables.
wanted_contents() {
  psql -A -t -F $'\t' -o "$work/narrowed" -f "$migrations/facts.sql" -f "$here/restore/narrowed_tables.sql"
  grep -v -E $'^(format|sha256|bytes|database_bytes|owners|left_out)\t' "$manifest" |
    awk -F '\t' -v OFS='\t' 'NR == FNR { privileges[$1] = $2; next }
      $1 == "grant" && $3 == "agent_bom_app" && $4 == "DELETE,INSERT,SELECT,UPDATE" && ($2 in privileges) {
        $4 = privileges[$2]
        printf "narrowed to what its migration grants to agent_bom_app: %s (%s)\n", $2, $4 >"/dev/stderr"
      }
      { print }' "$work/narrowed" -
}

count_contents() {
  connect AGENT_BOM_POSTGRES_BACKUP_URL
  PGOPTIONS="$PGOPTIONS -c agent_bom.contract_roles=$CONTRACT_ROLES" \
    psql -A -t -F $'\t' -f "$here/contents.sql"
}

# Exchanges the names in one transaction. What is connected to the database is disconnected, and comes back to the new one:
# the rename keeps new sessions out and waits five seconds for the old ones, which the keeper ends meanwhile.
take_name() {
  local previous renaming left_behind now answer
  now=$(date -u +%Y%m%d_%H%M%S)
  previous=$(LC_ALL=C; printf '%s' "$target" | cut -c 1-40)_before_$now
  in_third copy_settings.sql
  printf '%s\n' "select set_config('agent_bom.closing', oid::text, false) from pg_database where datname = current_setting('agent_bom.target');" \
    >&"${keeper[1]}"
  read -r answer <&"${keeper[0]}" || refuse "the session in database $third ended: $(tail -n 1 "$work/keeper")"
  in_third take_name.sql previous "$previous" comment "$mark" previous_comment "what $target held until $now, when it was $mark" &
  renaming=$!
  while kill -0 "$renaming" 2>/dev/null; do
    printf '%s\n' "\\i $(psql_path "$here/restore/close_sessions.sql")" >&"${keeper[1]}"
    read -r answer <&"${keeper[0]}" && [[ $answer == closed ]] || break
    sleep 0.05
  done
  wait "$renaming" || refuse "the restored database could not take the name $target; psql says why above"
  new=''
  left_behind=$(PGDATABASE=$previous PGOPTIONS="-c agent_bom.contract_roles=$CONTRACT_ROLES" \
    psql -A -t -o "$work/left" -f "$migrations/facts.sql" -f "$migrations/dependents.sql" -f "$here/relations.sql" -f "$here/left_out.sql" && paste -s -d , "$work/left" | sed 's/,/, /g')
  if [[ -z $left_behind && $(PGDATABASE=$previous psql -A -t -f "$here/restore/is_empty.sql") == t ]]; then
    in_third drop_database.sql unwanted "$previous"
    return
  fi
  printf 'the previous contents are in the database %s; when nobody needs them: drop database "%s";\n' "$previous" "${previous//\"/\"\"}"
  if [[ -n $left_behind ]]; then printf 'only there, because it is not of the contract: %s\n' "$left_behind"; fi
}

# A restore that fails leaves nothing but the database that was there.
clean_up() {
  local code=$?
  kill ${hashing:+"$hashing"} ${analysis:+"$analysis"} ${counting:+"$counting"} 2>/dev/null || true
  if [[ -n ${new:-} ]]; then
    connect ALEMBIC_DATABASE_URL
    if ! { in_third drop_database.sql unwanted "$new" && in_third drop_roles.sql existing "$existing"; }
    then
      printf 'the unfinished database %s or its roles were not dropped; the next restore does that\n' "$new" >&2
    fi
    printf 'the database %s is as it was\n' "$target" >&2
  fi
  rm -rf "$work"
  exit "$code"
}
