#!/usr/bin/env bash
# Starts a Kubernetes node and runs the tests of test/cluster on it: scripts/cluster/test.sh [<option of jest> ...]
# Prints NOT RUN where a node cannot be built or started. CLUSTER_MINUTES limits how long they take, without the build.
set -euo pipefail

cd "$(dirname "$0")/../.."
not_run() {
  printf 'NOT RUN: the tests on a cluster, because %s\n' "$1"
  exit 0
}
[[ $(id -u) == 0 ]] || not_run 'a node is started as root only'
for tool in apt-get dpkg-deb go ip openssl python3 setpriv unshare; do
  command -v "$tool" >/dev/null || not_run "$tool is not installed"
done
unshare --mount --net --pid --fork true 2>/dev/null || not_run 'this machine allows no namespaces'

scripts/cluster/build.sh >/dev/null
code=0
timeout --kill-after=60s "${CLUSTER_MINUTES:-25}m" scripts/cluster/run.sh node node_modules/jest/bin/jest.js \
  --config jest.cluster.config.js "$@" || code=$?
if ((code == 124 || code == 137)); then
  echo "the tests on a cluster did not end within ${CLUSTER_MINUTES:-25} minutes" >&2
fi
exit "$code"
