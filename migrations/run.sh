#!/usr/bin/env bash
# Runs one step of the contract with psql: run.sh before|after|verify|revoke
# Connections come as URLs in the environment, parameters of the contract in CONTRACT_OPTIONS. Where CONTRACT_REVISIONS_FILE
# names the file that packaged.sh wrote, `verify` asks for the revision of the image.
set -euo pipefail

root=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=connect.sh
source "$root/connect.sh"

# What time does not cure ends the Job at once: its podFailurePolicy knows this exit code. Every other failure is tried again.
HOPELESS=78
# A server that restarts, and a name that DNS does not know yet, get this long.
REACH_SECONDS=${CONTRACT_REACH_SECONDS:-75}

refuse() {
  printf 'error: %s\n' "$1" >&2
  exit "$HOPELESS"
}

# Why psql could not connect, and what to look at; nothing where the Job has to try again for longer.
advice() {
  case $1 in
    *'could not translate host name'* | *'Name or service not known'*)
      printf 'DNS does not know this name: compare database.existing.host with the endpoint of the server'
      ;;
    *'Connection refused'*)
      printf 'nothing listens on port %s there: check that the server runs, and database.existing.port' "$PGPORT"
      ;;
    *'timeout expired'* | *'timed out'* | *'No route to host'* | *'Network is unreachable'*)
      printf 'no packet comes back: check security groups, network policies, subnets and routes between the pods and the server, port %s' "$PGPORT"
      ;;
    *'SSL error:'* | *'certificate'* | *'does not match host name'* | *'does not support SSL'*)
      printf 'the certificate is not one of this server by these authorities: connect by the name in the certificate, and check database.caBundleFile'
      ;;
    *'no pg_hba.conf entry'*)
      printf 'the server lets nobody in from here: check pg_hba.conf, or the security groups'
      ;;
    *'database "'*'does not exist'*)
      printf 'create the database, or write the name of the existing one in database.existing.database'
      ;;
  esac
}

# Until the server answers. It says at once why it does not, and what to look at.
reach() {
  local message why told='' end=$((SECONDS + REACH_SECONDS))
  while ! message=$(command psql -X -q -A -t -c 'select 1' 2>&1 >/dev/null); do
    message=${message//$'\n'/ }
    if [[ $message == *'password authentication failed'* ]]; then
      printf 'error: %s\nHINT: RDS may have changed the password minutes ago: the Job tries again, with what the Secret then has. ' "$message" >&2
      printf 'If it stays, compare the Secret agent-bom-admin with the password of %s\n' "$PGUSER" >&2
      exit 1
    fi
    why=$(advice "$message")
    if [[ -z $why ]]; then
      printf 'error: %s\nHINT: the Job tries again\n' "$message" >&2
      exit 1
    fi
    if [[ $message != "$told" ]]; then printf 'error: %s\nHINT: %s\n' "$message" "$why" >&2; fi
    told=$message
    case $message in
      *'could not translate host name'* | *'Connection refused'* | *'timeout expired'* | *'timed out'* | *'No route'* | *'unreachable'*) ;;
      *) exit "$HOPELESS" ;;
    esac
    if ((SECONDS >= end)); then exit "$HOPELESS"; fi
    sleep 5
  done
}

# Gives the SQL the URL of a runtime identity, as a startup option; the server splits options at spaces and backslashes.
pass_url() {
  local setting=$1 variable=$2 url=${!2:-}
  [[ $url == postgres* && $url != *[\\[:space:]]* ]] || refuse "$variable is not a connection URL"
  PGOPTIONS="$PGOPTIONS -c $setting=$url"
}

# Whoever waits for a lock keeps others waiting: a session that has waited for two seconds gives up, and the step, which may
# run at any time, is repeated after a pause. Prints the state of an error that a pause can cure; the messages go to standard
# error, without the states that psql adds to them.
apply_once() {
  local line message='^((psql:.+:[0-9]+: )?[^ ]+:  )([0-9A-Z]{5}): (.*)$'
  psql -o /dev/null -v VERBOSITY=verbose "$@" 2>&1 | while IFS= read -r line; do
    if [[ $line == 'LOCATION:  '* ]]; then continue; fi
    if [[ $line =~ $message ]]; then
      line=${BASH_REMATCH[1]}${BASH_REMATCH[4]}
      case ${BASH_REMATCH[3]} in
        55P03 | 40P01 | XX000) printf '%s\n' "${BASH_REMATCH[0]}" ;;
        # What a file refuses, or may not do, is refused by the next pod too.
        P0001 | 42501) printf 'hopeless\n' ;;
      esac
    fi
    printf '%s\n' "$line" >&2
  done
}

apply() {
  local files=(-f "$root/lock.sql") file state pause=1 end patience=300s
  [[ ! ${CONTRACT_OPTIONS:-} =~ agent_bom\.lock_timeout=([0-9]+s) ]] || patience=${BASH_REMATCH[1]}
  end=$((SECONDS + ${patience%s}))
  for file in "$root/$1"/*.sql; do
    # Facts change with every file.
    files+=(-f "$root/facts.sql")
    # Not before the first file that calls it: only members of the owner role may create it, and `before` makes the member.
    if grep -q 'pg_temp\.change_relations' "$file"; then files+=(-f "$root/relations.sql"); fi
    files+=(-f "$file")
  done
  until state=$(apply_once "${files[@]}"); do
    if [[ $state == *hopeless* ]]; then exit "$HOPELESS"; fi
    [[ -n $state ]] && ((SECONDS + pause <= end)) || return 1
    printf 'another session holds what this step changes; trying again in %s s\n' "$pause" >&2
    printf 'HINT:  End its transaction: pg_stat_activity shows since when each is open (xact_start).\n' >&2
    sleep "$pause"
    pause=$((pause < 16 ? pause * 2 : 30))
  done
}

report() {
  printf '%-5s %-28s %s\n' "$2" "$1" "$3"
  if [[ $2 == fail ]]; then failed+=" $1"; fi
}

check() {
  local directory=$1 file files rows id status detail
  for file in "$root/verify/$directory"/*.sql; do
    files=(-f "$root/facts.sql" -f "$file")
    if grep -q 'agent_bom\.dependents' "$file"; then files=(-f "$root/facts.sql" -f "$root/dependents.sql" -f "$file"); fi
    if ! rows=$(psql -A -t -F $'\t' "${files[@]}"); then
      report "login.$directory" fail "$(basename "$file") could not run as $PGUSER; psql says why above"
      continue
    fi
    while IFS=$'\t' read -r id status detail; do
      if [[ -n $id ]]; then report "$id" "$status" "$detail"; fi
    done <<<"$rows"
  done
}

# Only the rule that refuses plain connections is a pass; the message names its file in every language.
check_plain_connection() {
  local message
  if message=$(PGSSLMODE=disable command psql -X -q -A -t -c 'select 1' 2>&1); then
    report tls.plain-refused fail 'the server accepts connections without TLS'
  elif [[ $message == *pg_hba* ]]; then
    report tls.plain-refused pass 'a connection without TLS is refused'
  else
    report tls.plain-refused fail "a connection without TLS came further than it should: ${message##*: }"
  fi
}

# For what runs before the packaged migrations and has no connection; nothing where there are no tables yet.
write_database_revision() {
  [[ -n ${CONTRACT_DATABASE_REVISION_FILE:-} ]] || return 0
  psql -A -t >"$CONTRACT_DATABASE_REVISION_FILE" <<'SQL'
select 'select version_num from public.alembic_version' where to_regclass('public.alembic_version') is not null \gexec
SQL
}

# What speaks the protocol of PostgreSQL without being it fails at the first file of the contract, and does not say why.
refuse_other_servers() {
  local version
  version=$(command psql -X -q -A -t -c 'select version()')
  [[ $version == PostgreSQL\ * && $version != *Redshift* && $version != *-YB-* ]] ||
    refuse "the server at $PGHOST is not PostgreSQL but ${version%% (*}; the contract needs PostgreSQL 15 or later"
}

# The contract promises it, so that a server which cannot keep that is left as it is.
refuse_plain_connections() {
  failed=''
  check_plain_connection
  if [[ -n $failed ]]; then
    printf 'error: let the server refuse connections without TLS: rds.force_ssl = 1 on RDS, hostssl in place of host in ' >&2
    printf 'pg_hba.conf on a server of your own\n' >&2
    exit "$HOPELESS"
  fi
}

step=${1:-}
if [[ $step == verify ]]; then
  head=$(image_head)
  CONTRACT_OPTIONS="${CONTRACT_OPTIONS:-}${head:+ -c agent_bom.alembic_head=$head}"
fi
connect ALEMBIC_DATABASE_URL
printf 'step %s on database %s at %s\n' "$step" "$PGDATABASE" "$PGHOST"
reach
case $step in
  before)
    refuse_other_servers
    refuse_plain_connections
    apply before
    write_database_revision
    ;;
  after)
    pass_url agent_bom.app_url AGENT_BOM_POSTGRES_URL
    pass_url agent_bom.maintenance_url AGENT_BOM_POSTGRES_MAINTENANCE_URL
    pass_url agent_bom.backup_url AGENT_BOM_POSTGRES_BACKUP_URL
    apply after
    ;;
  revoke)
    pass_url agent_bom.app_url AGENT_BOM_POSTGRES_URL
    pass_url agent_bom.maintenance_url AGENT_BOM_POSTGRES_MAINTENANCE_URL
    apply revoke
    ;;
  verify)
    failed=''
    psql -f "$root/verify/requirements.sql"
    check admin
    check_plain_connection
    connect AGENT_BOM_POSTGRES_URL
    check app
    connect AGENT_BOM_POSTGRES_MAINTENANCE_URL
    check maintenance
    connect AGENT_BOM_POSTGRES_BACKUP_URL
    check backup
    if [[ -n $failed ]]; then
      # The end of the log is what Kubernetes shows of a container that failed.
      printf 'error: the contract does not hold:%s; the lines that begin with fail say where\n' "$failed" >&2
      # A login that found no free connection finds one later.
      if [[ $failed == *' login.'* ]]; then exit 1; fi
      exit "$HOPELESS"
    fi
    ;;
  *)
    refuse 'usage: run.sh before|after|verify|revoke'
    ;;
esac
printf 'step %s done\n' "$step"
