#!/usr/bin/env bash
# The first process of the namespaces that run.sh makes: node.sh <what build.sh built> <control group> <command> ...
set -euo pipefail

built=$1 group=$2
shift 2
NODE=10.244.0.1

# Everything that is written is in memory, over what the machine has, and visible in here only.
root=/run/cluster
mount -t tmpfs -o mode=755,size=8g tmpfs /run
mkdir -p "$root"/{etcd,kubernetes,logs,containerd,var,work,proc,cni,names,tmp}
mount -t overlay overlay -o "lowerdir=/var,upperdir=$root/var,workdir=$root/work" /var
mount --make-rshared /
# The kubelet would set these for the whole machine.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=$root/proc/${setting//\//_}
  printf '%s\n' "${setting#*=}" >"${file%=*}"
  mount --bind "${file%=*}" "/proc/sys/${setting%=*}"
done

ip link set lo up
ip link add cni0 type bridge
ip address add "$NODE/16" dev cni0
ip link set cni0 up
ip route add default via "$NODE" dev cni0
sysctl -q -w net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1

export PATH=$built/bin:$built/node/usr/bin:$built/node/usr/sbin:$built/node/sbin:$PATH
export LD_LIBRARY_PATH=$built/node/usr/lib/x86_64-linux-gnu XTABLES_LIBDIR=$built/node/usr/lib/x86_64-linux-gnu/xtables
cd "$root/kubernetes"

{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=cluster-ca -keyout ca.key -out ca.crt
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=kube-apiserver -keyout server.key -out server.csr
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile <(
    echo "subjectAltName=IP:127.0.0.1,IP:$NODE,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc"
  )
  openssl genrsa -out accounts.key 2048
} 2>/dev/null
token=$(openssl rand -hex 16)
echo "$token,admin,admin,system:masters" >tokens.csv
export KUBECONFIG=$root/kubeconfig
cat >"$KUBECONFIG" <<END
apiVersion: v1
kind: Config
current-context: throwaway
clusters: [{name: throwaway, cluster: {server: "https://127.0.0.1:6443", certificate-authority: $root/kubernetes/ca.crt}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: throwaway, context: {cluster: throwaway, user: admin}}]
END

# start <name> <command> ...: in the background, with a separate log.
start() {
  local name=$1
  shift
  "$@" >"$root/logs/$name.log" 2>&1 &
}
# until_true <what> <command> ...: for at most two minutes.
until_true() {
  local what=$1 end=$((SECONDS + 120))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then
      echo "the node has not come up: $what" >&2
      tail -n 20 "$root"/logs/*.log >&2
      exit 1
    fi
    sleep 0.3
  done
}

start etcd etcd --data-dir="$root/etcd" --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
  --listen-peer-urls=http://127.0.0.1:2380
start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 --advertise-address="$NODE" \
  --tls-cert-file=server.crt --tls-private-key-file=server.key --token-auth-file=tokens.csv --authorization-mode=Node,RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=accounts.key \
  --service-account-signing-key-file=accounts.key --service-cluster-ip-range=10.96.0.0/16 --allow-privileged \
  --kubelet-preferred-address-types=InternalIP

cat >"$root/containerd.toml" <<END
version = 2
root = "$root/containerd/root"
state = "$root/containerd/state"
[grpc]
address = "$root/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "docker.io/agent-bom/everything:local"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "$built/node/usr/lib/cni"
conf_dir = "$root/cni"
END
cat >"$root/cni/10-bridge.conflist" <<END
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/16", "rangeStart": "10.244.1.1", "gateway": "$NODE"}]],
  "routes": [{"dst": "0.0.0.0/0"}]}}]}
END
start containerd containerd --config "$root/containerd.toml"
until_true 'containerd does not answer' ctr --address "$root/containerd.sock" version
ctr() { command ctr --address "$root/containerd.sock" --namespace k8s.io "$@"; }
for image in "$built"/images/*.tar; do ctr images import "$image" >"$root/logs/images.log" 2>&1; done

until_true 'the API server does not answer' kubectl get --raw /readyz
start controller-manager kube-controller-manager --kubeconfig="$KUBECONFIG" --root-ca-file=ca.crt --leader-elect=false \
  --service-account-private-key-file=accounts.key --use-service-account-credentials --cluster-signing-cert-file=ca.crt \
  --cluster-signing-key-file=ca.key
start scheduler kube-scheduler --kubeconfig="$KUBECONFIG" --leader-elect=false
cat >"$root/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: $group
failCgroupV1: false
failSwapOn: false
clusterDNS: [$NODE]
clusterDomain: cluster.local
resolvConf: $root/resolv.conf
containerRuntimeEndpoint: unix://$root/containerd.sock
podLogsDir: /var/log/pods
evictionHard: {memory.available: 50Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
serializeImagePulls: false
makeIPTablesUtilChains: true
END
echo "nameserver $NODE" >"$root/resolv.conf"
start kubelet kubelet --config="$root/kubelet.yaml" --kubeconfig="$KUBECONFIG" --root-dir="$root/kubelet" --node-ip="$NODE" \
  --hostname-override=node --cert-dir="$root/kubelet-certificates"
cat >"$root/proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $KUBECONFIG}
clusterCIDR: 10.244.0.0/16
mode: iptables
hostnameOverride: node
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
start proxy kube-proxy --config="$root/proxy.yaml"
# The names of Services; dnsmasq reads the directory again when a file in it changes.
names() {
  kubectl get services --all-namespaces --watch --output name | while read -r _; do
    kubectl get services --all-namespaces --output \
      'jsonpath={range .items[*]}{.spec.clusterIP} {.metadata.name}.{.metadata.namespace}.svc.cluster.local{"\n"}{end}' \
      >"$root/names.next" && mv "$root/names.next" "$root/names/services"
  done
}
start names names
start dnsmasq dnsmasq --keep-in-foreground --no-resolv --no-hosts --user=root --listen-address="$NODE" --bind-interfaces \
  --hostsdir="$root/names" --local=/cluster.local/ --no-negcache --pid-file= --log-facility=-
until_true 'the node is not Ready' kubectl wait --for=condition=Ready node/node --timeout=1s
until_true 'pods get no ServiceAccount' kubectl get serviceaccount default
# What the command leaves vanishes as well.
export CLUSTER_BUILT=$built CLUSTER_ROOT=$root TMPDIR=$root/tmp KUBECACHEDIR=$root/tmp/kubectl
export HELM_CACHE_HOME=$root/tmp/helm HELM_CONFIG_HOME=$root/tmp/helm HELM_DATA_HOME=$root/tmp/helm
cd "$OLDPWD"
set +e
"$@"
