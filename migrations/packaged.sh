#!/bin/sh
# Runs in the image of the product, which promises no more than a POSIX shell: packaged.sh revisions|migrate|stop-api|start-api
# Writes the revisions that the image knows to CONTRACT_REVISIONS_FILE, newest first, for whoever compares a database or a
# dump with the image; needs neither a database nor a secret for that. With `migrate`, runs the migrations then; with
# `stop-api`, stops the API where they require it. `start-api` starts it again, and asks for no revisions.
set -eu

here=$(dirname "$0")
if [ "${1:-}" = start-api ]; then exec python "$here/scale_api.py" start; fi

directory=deploy/supabase/postgres
heads=$(alembic -c "$directory/alembic.ini" heads)
case $heads in
  *"
"*)
    printf 'error: the migrations of this image end at more than one revision:\n%s\n' "$heads" >&2
    exit 2
    ;;
esac
# A line is `<revision before> -> <revision> (head), <title>`.
alembic -c "$directory/alembic.ini" history | sed -nE 's/^(<base>|[^<>]*[^<> -]) -> ([0-9A-Za-z_]+).*$/\2/p' >"$CONTRACT_REVISIONS_FILE"
read -r head <"$CONTRACT_REVISIONS_FILE" || head=''
if [ "$heads" != "$head (head)" ]; then
  printf 'error: the migrations of this image end at %s, and their history at %s\n' "${heads:-nothing}" "${head:-nothing}" >&2
  exit 2
fi
printf 'the migrations of this image end at revision %s\n' "$head"
case ${1:-} in
  migrate) exec python "$directory/compose_migrate.py" --config "$directory/alembic.ini" ;;
  stop-api) exec python "$here/scale_api.py" stop ;;
esac
