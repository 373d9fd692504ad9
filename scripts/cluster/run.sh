#!/usr/bin/env bash
# Starts a Kubernetes node and runs a command on it: scripts/cluster/run.sh <command> [<argument> ...]
# As root on Debian. The node lives in namespaces of the kernel: its processes, mounts, files and network are gone when
# the command ends, however it ends, and several can run at the same time. The command runs in the same namespaces, so
# without a network outside of them. It finds KUBECONFIG, kubectl and helm in its environment, and the cluster Ready.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
(($#)) || { echo 'usage: run.sh <command> [<argument> ...]' >&2; exit 2; }
[[ $(id -u) == 0 ]] || { echo 'a node is started as root only' >&2; exit 1; }
built=$("$here/build.sh")

# The kernel does not remove the control groups with the processes. They are named after this process, so that a later
# run recognizes those of one that was killed.
hierarchies=(/sys/fs/cgroup/*/cgroup.procs)
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then hierarchies=(/sys/fs/cgroup/cgroup.procs); fi
remove_groups() {
  local hierarchy group
  for hierarchy in "${hierarchies[@]%/cgroup.procs}"; do
    for group in "$hierarchy"/agent-bom-cluster-$1; do
      # Processes that were killed are in it for a moment longer.
      for _ in {1..20}; do
        [[ -d $group ]] || break
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.2
      done
    done
  done
}
for group in "${hierarchies[0]%/cgroup.procs}"/agent-bom-cluster-*; do
  owner=${group##*-}
  if [[ -d $group && ! -d /proc/$owner ]]; then remove_groups "$owner"; fi
done
for hierarchy in "${hierarchies[@]%/cgroup.procs}"; do mkdir -p "$hierarchy/agent-bom-cluster-$$"; done

# cpuset: a new group has no processors until it is given some.
if [[ -e /sys/fs/cgroup/cpuset/cpuset.cpus ]]; then
  for file in cpuset.cpus cpuset.mems; do
    cat "/sys/fs/cgroup/cpuset/$file" >"/sys/fs/cgroup/cpuset/agent-bom-cluster-$$/$file"
  done
fi

# All pods together would get as much time as a single process outside of them.
for file in /sys/fs/cgroup/cpu/agent-bom-cluster-$$/cpu.shares /sys/fs/cgroup/agent-bom-cluster-$$/cpu.weight; do
  if [[ -w $file ]]; then echo 10000 >"$file"; fi
done

node=''
# shellcheck disable=SC2329 # the trap runs it
end() {
  trap '' INT TERM HUP
  if [[ -n $node ]]; then
    kill -KILL "$node" 2>/dev/null || true
    wait "$node" 2>/dev/null || true
  fi
  remove_groups $$
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The first process of the namespaces dies with `unshare`, and takes all others of them with it.
setpriv --pdeathsig KILL unshare --mount --net --pid --uts --ipc --fork --kill-child --mount-proc --propagation private \
  "$here/node.sh" "$built" "/agent-bom-cluster-$$" "$@" <&0 &
node=$!
code=0
wait "$node" || code=$?
node=''
exit "$code"
