#!/usr/bin/env bash
# Installs an emulator of AWS (moto) and the AWS CLI into a directory: emulator.sh <directory>
# Prints the assignment with which the tests find them: <directory>/bin/moto_server and <directory>/bin/aws. About 350 MB.
set -euo pipefail

[[ $# == 1 ]] || { echo 'usage: emulator.sh <directory>' >&2; exit 2; }
mkdir -p "$1"
emulator=$(cd "$1" && pwd)
moto=5.2.3
cli=1.45.50

# A directory that holds these versions already is left as it is.
has() {
  "$emulator/bin/aws" --version 2>/dev/null | grep -q "^aws-cli/$cli " &&
    "$emulator/bin/python" -c "import moto, sys; sys.exit(moto.__version__ != '$moto')" 2>/dev/null
}

if ! has; then
  python3 -m venv "$emulator"
  "$emulator/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$moto" "awscli==$cli"
fi
printf 'EMULATOR=%s\n' "$emulator"
