#!/usr/bin/env bash
# Starts a Kubernetes node and runs the tests of test/cluster on it: scripts/cluster/test.sh [<option of jest> ...]
# Prints NOT RUN and the reason where a node cannot be built or started. `--build-only` builds it, for later.
# CLUSTER_MINUTES limits how long the tests take, without the build.
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
[[ $(cat /etc/debian_version) == 12* && $(dpkg --print-architecture) == amd64 ]] ||
  not_run "its packages are those of Debian 12 for amd64, and this is $(cat /etc/debian_version) for $(dpkg --print-architecture)"
unshare --mount --net --pid --fork true 2>/dev/null || not_run 'this machine allows no namespaces'
hierarchies=(/sys/fs/cgroup/*/cgroup.procs)
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then hierarchies=(/sys/fs/cgroup/cgroup.procs); fi
group=${hierarchies[0]%/cgroup.procs}/agent-bom-cluster-$$
mkdir "$group" 2>/dev/null || not_run 'this machine allows no control groups'
rmdir "$group"

if [[ ${1:-} == --build-only ]]; then exec scripts/cluster/build.sh; fi
scripts/cluster/build.sh >/dev/null
code=0
# In the foreground, or Ctrl-C would not reach it.
timeout --foreground --kill-after=60s "${CLUSTER_MINUTES:-25}m" scripts/cluster/run.sh node node_modules/jest/bin/jest.js \
  --config jest.cluster.config.js "$@" || code=$?
if ((code == 124 || code == 137)); then
  echo "the tests on a cluster did not end within ${CLUSTER_MINUTES:-25} minutes" >&2
fi
exit "$code"
