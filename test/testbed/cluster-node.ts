import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DNS_SERVICE_ADDRESS, POD_NETWORK } from './addresses.ts';
import type { NodeAddresses } from './addresses.ts';
import { controlGroupRoots, nodeControlGroup } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { startClusterProcess } from './cluster-process.ts';
import type { ControlPlane } from './control-plane.ts';
import { PAUSE_IMAGE } from './programs.ts';

/** Starts containerd, kube-proxy and the kubelet of one node; resolves to containerd's socket. */
export async function startNode(
  folder: ClusterFolder,
  plane: ControlPlane,
  node: NodeAddresses,
): Promise<string> {
  const own = join(folder.path, node.name);
  for (const path of ['cni', 'var-lib/kubelet', 'var-lib/cni']) {
    await mkdir(join(own, path), { recursive: true });
  }
  await mkdir(join(folder.path, 'log', node.name), { recursive: true });
  const socket = join(own, 'containerd.sock');
  await writeFile(join(own, 'cni', '10-bridge.conflist'), JSON.stringify(cniConfig(node)));
  await writeFile(join(own, 'containerd.toml'), containerdConfig(own, socket));
  const kubelet = kubeletConfig(node, socket, join(folder.path, 'pki', 'ca.crt'));
  await writeFile(join(own, 'kubelet.yaml'), JSON.stringify(kubelet));
  const namespaces = ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // Not `ip netns exec`: that mounts /sys anew, without the control groups.
  const enter = ['nsenter', `--net=/run/netns/${node.netns}`, 'unshare', ...namespaces];
  startClusterProcess(
    folder,
    node.name,
    [...enter, 'sh', join(import.meta.dirname, 'cluster', 'node.sh')],
    {
      ...plane.env,
      NODE: node.name,
      FOLDER: own,
      ADDRESS: node.address,
      POD_NETWORK,
      CGROUP: nodeControlGroup(node.name),
      CGROUP_ROOTS: controlGroupRoots().join(' '),
    },
  );
  return socket;
}

function cniConfig(node: NodeAddresses): unknown {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: node.podNetwork }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return {
    cniVersion: '1.0.0',
    name: 'test-bed',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isGateway: true, hairpinMode: true, ipam },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  };
}

function containerdConfig(own: string, socket: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const snapshotters = ['aufs', 'btrfs', 'devmapper', 'zfs'];
  const disabled = snapshotters.map((name) => `"io.containerd.snapshotter.v1.${name}"`);
  return `version = 2
root = "${own}/containerd"
state = "/run/containerd"
disabled_plugins = [${disabled.join(', ')}, "io.containerd.internal.v1.opt"]
[grpc]
address = "${socket}"
[${cri}]
sandbox_image = "${PAUSE_IMAGE}"
# Root may lack CAP_SYS_RESOURCE, without which a negative score is refused and no pod starts.
restrict_oom_score_adj = true
[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${own}/cni"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`;
}

function kubeletConfig(node: NodeAddresses, socket: string, clientCAFile: string): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${nodeControlGroup(node.name)}`,
    containerRuntimeEndpoint: `unix://${socket}`,
    clusterDomain: 'cluster.local',
    clusterDNS: [DNS_SERVICE_ADDRESS],
    resolvConf: '',
    failSwapOn: false,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile },
    },
    authorization: { mode: 'Webhook' },
    // Images cannot be pulled again, so a full disk must neither evict pods nor collect images.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    imageGCHighThresholdPercent: 100,
  };
}
