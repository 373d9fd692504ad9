#!/usr/bin/env bash
# Builds a Kubernetes node from what package registries have, and prints the directory that holds it:
#   scripts/cluster/build.sh
# Needs Debian, Go and Python. The directory is named after the versions and kept, so that the next run takes no time.
# CLUSTER_CACHE names the directory above it (default: agent-bom-postgres/cluster in the user's cache).
set -euo pipefail

KUBERNETES=1.34.3 HELM=3.19.4 EXTERNAL_SECRETS=0.16.2 MOTO=5.1.18 AWS_CLI=1.42.40 BOTO3=1.40.40 PRODUCT=0.110.0
DEBS=(etcd-server containerd runc libseccomp2 containernetworking-plugins iptables libip6tc2 libip4tc2 libnetfilter-conntrack3
  libnfnetlink0 libnftnl11 libxtables12 libmnl0 dnsmasq-base libdbus-1-3 libidn2-0 libunistring2 libnftables1 libjansson4 libnettle8
  libhogweed6 libgmp10)
IMAGE_DEBS=(bash coreutils diffutils findutils gawk grep procps python3 sed tar postgresql-15)

here=$(cd "$(dirname "$0")" && pwd)
say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

for tool in apt-get dpkg go openssl python3; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed; a cluster is built with it" >&2; exit 1; }
done
cache=${CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/agent-bom-postgres/cluster}
mkdir -p "$cache"
key=$(cat "$0" "$here"/image/* "$here/../../commands/rehearse/stand-in.sql" /etc/debian_version | sha256sum | cut -c 1-12)
built=$cache/$KUBERNETES-$key
# One build at a time; the second waits and finds it done.
exec 9>"$cache/lock"
flock 9
remove() {
  chmod -R u+w "$@"
  rm -rf "$@"
}
# What a build that was killed has left: it would hold the lock if it were alive.
left=("$cache"/build.*)
if [[ -e ${left[0]} ]]; then remove "${left[@]}"; fi
if [[ -e $built ]]; then
  printf '%s\n' "$built"
  exit
fi
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'remove "$work"' EXIT

# Unpacked, not installed: no service starts, and nothing on the machine changes.
unpack_debs() {
  local target=$1 deb
  shift
  mkdir -p "$target" "$work/archives/partial"
  (cd "$work/archives" && rm -f ./*.deb && "$@" >&2)
  for deb in "$work"/archives/*.deb; do dpkg-deb --extract "$deb" "$target"; done
}

debian() {
  local program
  say "Debian packages: ${DEBS[*]}"
  unpack_debs "$work/node" apt-get download -qq "${DEBS[@]}"
  # An installation chooses between two kinds of iptables.
  for program in ip{,6}tables{,-save,-restore}; do ln -s xtables-nft-multi "$work/node/usr/sbin/$program"; done
}

# Without a list of installed packages, apt brings everything that these need.
image_root() {
  local root=$work/image-root directory program
  say "packages of the containers' image: ${IMAGE_DEBS[*]}"
  mkdir -p "$root"/{etc,tmp,root,usr/{bin,sbin,lib,lib64}}
  for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$root/$directory"; done
  unpack_debs "$root" apt-get install -qq --download-only --no-install-recommends --assume-yes \
    -o Dir::State::status=/dev/null -o Dir::Cache::archives="$work/archives" -o Debug::NoLocking=1 "${IMAGE_DEBS[@]}"
  ln -sf bash "$root/bin/sh"
  ln -sf gawk "$root/usr/bin/awk"
  ln -sf python3 "$root/usr/bin/python"
  # Compilers of PostgreSQL's queries, translations and Perl are half of it.
  rm -rf "$root"/usr/{share/{doc,man,locale,info,i18n,perl,perl5},lib/locale,lib/x86_64-linux-gnu/{libLLVM*,libz3*,perl*}} \
    "$root"/usr/lib/postgresql/*/lib/{bitcode,llvmjit*} "${root:?}"/{var/cache,boot}
  printf '%s\n' root:x:0:0::/root:/bin/sh postgres:x:999:999::/tmp:/bin/sh agent-bom:x:100:101::/tmp:/bin/sh >"$root/etc/passwd"
  printf '%s\n' root:x:0: postgres:x:999: agent-bom:x:101: >"$root/etc/group"
  mkdir -p "$root/opt/agent-bom/deploy/supabase/postgres"
  cp "$here"/image/{compose_migrate.py,product_tables.py,alembic.ini} "$here/../../commands/rehearse/stand-in.sql" "$root/opt/agent-bom/deploy/supabase/postgres"
  cp "$here"/image/{alembic,agent-bom} "$root/usr/bin"
  chmod 755 "$root"/usr/bin/{alembic,agent-bom}
  python3 -m venv "$work/python"
  say "the product's API $PRODUCT"
  "$work/python/bin/pip" install --quiet --disable-pip-version-check --target "$root/opt/agent-bom/python" \
    --python-version 3.11 --only-binary=:all: "agent-bom[api,postgres]==$PRODUCT" >&2
  say "the AWS CLI $AWS_CLI, and moto $MOTO for S3"
  "$work/python/bin/pip" install --quiet --disable-pip-version-check --target "$root/usr/lib/python3/dist-packages" \
    --python-version 3.11 --only-binary=:all: "awscli==$AWS_CLI" "boto3==$BOTO3" "moto[s3]==$MOTO" flask flask-cors >&2
  for program in aws moto_server; do
    printf '#!/usr/bin/python3\n%s\n' "$(tail -n +2 "$root/usr/lib/python3/dist-packages/bin/$program")" >"$root/usr/bin/$program"
    chmod 755 "$root/usr/bin/$program"
  done
}

# One image with one layer, in the format of `docker save`.
image() {
  local layer path=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  say 'the image'
  mkdir -p "$work/images" "$work/archive"
  cd "$work/archive"
  tar --owner=0 --group=0 --numeric-owner -C "$work/image-root" -cf layer.tar .
  layer=$(sha256sum layer.tar | cut -d ' ' -f 1)
  printf '{"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=%s"], "Cmd": ["sleep", "infinity"]}, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
    "$path" "$layer" >config.json
  echo '[{"Config": "config.json", "RepoTags": ["agent-bom/everything:local"], "Layers": ["layer.tar"]}]' >manifest.json
  tar -cf "$work/images/everything.tar" config.json manifest.json layer.tar
}

folder_of() {
  go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'
}

go_module() {
  mkdir -p "$work/go/$1"
  cd "$work/go/$1"
  printf 'module cluster\n\ngo 1.24.0\n' >go.mod
}

go_build() {
  CGO_ENABLED=0 GOFLAGS="-mod=mod -trimpath -buildvcs=false ${GO_BUILD_FLAGS:--p=2}" nice -n 10 \
    go build -ldflags "-s -w $stamp" -o "$work/bin/" "$@" >&2
}

# The repositories that Kubernetes is published in replace folders of its source.
kubernetes() {
  local module stamp source
  say "Kubernetes $KUBERNETES and Helm $HELM: several minutes when nothing of it is compiled yet"
  go_module kubernetes
  go mod edit -require="k8s.io/kubernetes@v$KUBERNETES" -require="helm.sh/helm/v3@v$HELM"
  source=$(folder_of "k8s.io/kubernetes@v$KUBERNETES")
  while read -r module; do
    go mod edit -replace="$module=$module@v0${KUBERNETES#1}"
  done < <(sed -nE 's/^\t?(k8s\.io\/[a-z-]+) => \.\/staging.*/\1/p' "$source/go.mod")
  stamp="-X k8s.io/component-base/version.gitVersion=v$KUBERNETES -X k8s.io/component-base/version.gitMajor=1"
  stamp+=" -X k8s.io/component-base/version.gitMinor=34 -X helm.sh/helm/v3/internal/version.version=v$HELM"
  go_build k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kube-proxy,kubelet,kubectl} \
    helm.sh/helm/v3/cmd/helm
}

# All providers of the operator bring the libraries of dozens of clouds, which take longer than Kubernetes.
external_secrets() {
  local name=github.com/external-secrets/external-secrets source stamp=''
  say "External Secrets Operator $EXTERNAL_SECRETS, with the providers aws and fake"
  mkdir -p "$work/go"
  cd "$work/go"
  source=$(folder_of "$name@v$EXTERNAL_SECRETS")
  mkdir external-secrets
  cp -r "$source"/{apis,cmd,pkg,go.mod,go.sum,main.go} external-secrets
  chmod -R u+w external-secrets
  cd external-secrets
  printf 'package register\n\nimport (\n\t_ "%s"\n\t_ "%s"\n)\n' "$name"/pkg/provider/{aws,fake} >pkg/provider/register/register.go
  echo 'package register' >pkg/generator/register/register.go
  go_build .
  cp "$source/deploy/crds/bundle.yaml" "$work/external-secrets.yaml"
}

apt-get update -qq >&2
debian
image_root
image
kubernetes
external_secrets
rm -rf "$work"/{go,archives,archive,image-root,python}
mv "$work" "$built"
trap - EXIT
printf '%s\n' "$built"
