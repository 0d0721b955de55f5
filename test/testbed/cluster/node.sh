#!/bin/sh
# The first process of a node, in network, mount, process and host-name namespaces of its own: this
# machine's firewall, mounts, /run and /var/lib stay as they are, and when this process is killed the
# kernel ends all the node runs and drops all it mounted.
# From the environment: NODE (name), FOLDER (its files), CGROUP, CGROUP_ROOTS, KUBECONFIG, ADDRESS, POD_NETWORK.
set -eu
hostname "$NODE"
mount --make-rshared /
mount -t tmpfs run /run
mkdir -p /tmp/hostpath_pv
mount --bind "$FOLDER/var-lib" /var/lib
mount --bind "$FOLDER/../log/$NODE" /var/log
mount --bind "$FOLDER/../volumes" /tmp/hostpath_pv
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
for root in $CGROUP_ROOTS; do
	mkdir -p "$root/$CGROUP"
	# Control groups v1: an empty cpuset takes no process.
	[ -e "$root/cpuset.cpus" ] && [ ! -e "$root/cgroup.controllers" ] || continue
	for group in "$root/${CGROUP%/*}" "$root/$CGROUP"; do
		cat "$root/cpuset.cpus" >"$group/cpuset.cpus"
		cat "$root/cpuset.mems" >"$group/cpuset.mems"
	done
done
containerd -c "$FOLDER/containerd.toml" >/var/log/containerd.log 2>&1 &
kube-proxy --kubeconfig="$KUBECONFIG" --hostname-override="$NODE" --proxy-mode=iptables \
	--cluster-cidr="$POD_NETWORK" --conntrack-max-per-core=0 \
	--conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 >/var/log/kube-proxy.log 2>&1 &
until [ -S "$FOLDER/containerd.sock" ]; do sleep 0.05; done
kubelet --config="$FOLDER/kubelet.yaml" --kubeconfig="$KUBECONFIG" --node-ip="$ADDRESS" >/var/log/kubelet.log 2>&1 &
while :; do
	wait
	sleep 1
done
