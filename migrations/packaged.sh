#!/bin/sh
# Runs in the image of the product, which promises no more than a POSIX shell: packaged.sh migrate|revisions
# Writes the revisions that the image knows to CONTRACT_REVISIONS_FILE, newest first, for whoever compares a database or a
# dump with the image; needs neither a database nor a secret for that. With `migrate`, runs the migrations then.
set -eu

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
if [ -z "$head" ] || [ "$heads" != "$head (head)" ]; then
  printf 'error: the migrations of this image end at %s, and their history at %s\n' "${heads:-nothing}" "${head:-nothing}" >&2
  exit 2
fi
printf 'the migrations of this image end at revision %s\n' "$head"
if [ "${1:-}" = migrate ]; then
  exec python "$directory/compose_migrate.py" --config "$directory/alembic.ini"
fi
