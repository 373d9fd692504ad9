#!/usr/bin/env bash
# Fetches what tests compare the synthesized objects with, the definitions of External Secrets and of Kubernetes:
#   scripts/fetch-schemas.sh <directory>
# Then run the tests with what it prints in their environment. Needs Go.
set -euo pipefail

# The first version that serves external-secrets.io/v1, the first that serves nothing else, and the newest known.
OPERATORS=(v0.16.2 v0.17.0 v1.3.2)
KUBERNETES=(v1.31.14 v1.32.13 v1.33.9 v1.34.0 v1.35.3 v1.36.0)

directory=${1:?usage: fetch-schemas.sh <directory>}

# Folder of a module, which Go fetches unless it has it.
folder_of() {
  GOFLAGS=-mod=mod go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'
}

for version in "${OPERATORS[@]}"; do
  module=$(folder_of "github.com/external-secrets/external-secrets@$version")
  mkdir -p "$directory/external-secrets/$version"
  for kind in externalsecrets secretstores clustersecretstores; do
    cp "$module/config/crds/bases/external-secrets.io_$kind.yaml" "$directory/external-secrets/$version/"
  done
done
for version in "${KUBERNETES[@]}"; do
  module=$(folder_of "k8s.io/kubernetes@$version")
  mkdir -p "$directory/kubernetes/$version"
  cp "$module/api/openapi-spec/swagger.json" "$directory/kubernetes/$version/"
done
chmod -R u+w "$directory"
root=$(cd "$directory" && pwd)
printf 'EXTERNAL_SECRETS_CRDS=%s\nKUBERNETES_SCHEMAS=%s\n' "$root/external-secrets" "$root/kubernetes"
