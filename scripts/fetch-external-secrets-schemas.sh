#!/usr/bin/env bash
# Fetches the definitions of ExternalSecret and SecretStore that a test compares the synthesized objects with:
#   scripts/fetch-external-secrets-schemas.sh <directory>
# Then run the test with that directory in EXTERNAL_SECRETS_CRDS. Needs Go.
set -euo pipefail

# The first version that serves external-secrets.io/v1, the first that serves nothing else, and the newest known.
VERSIONS=(v0.16.2 v0.17.0 v1.3.2)
MODULE=github.com/external-secrets/external-secrets

directory=${1:?usage: fetch-external-secrets-schemas.sh <directory>}
for version in "${VERSIONS[@]}"; do
  module=$(GOFLAGS=-mod=mod go mod download -json "$MODULE@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
  mkdir -p "$directory/$version"
  for kind in externalsecrets secretstores clustersecretstores; do
    cp "$module/config/crds/bases/external-secrets.io_$kind.yaml" "$directory/$version/"
  done
done
chmod -R u+w "$directory"
printf 'EXTERNAL_SECRETS_CRDS=%s\n' "$(cd "$directory" && pwd)"
