import { existsSync, watch } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BRIDGE,
  DNS_SERVICE_ADDRESS,
  HOST_ADDRESS,
  MAX_NODES,
  NODE_NETWORK,
  SERVICE_NETWORK,
  nodeAddresses,
} from './addresses.ts';
import type { NodeAddresses } from './addresses.ts';
import { clusterClient } from './cluster-client.ts';
import type { ClusterAccess, ClusterClient } from './cluster-client.ts';
import {
  createClusterFolder,
  keepLogs,
  leftClusters,
  networkOwner,
  releaseCluster,
} from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { startNode } from './cluster-node.ts';
import { startClusterProcess } from './cluster-process.ts';
import { startControlPlane, startControllers } from './control-plane.ts';
import type { ControlPlane, ControlPlaneFaults } from './control-plane.ts';
import { ensurePrograms } from './programs.ts';
import type { Programs } from './programs.ts';
import { runCommand } from './run-command.ts';

export interface ClusterOptions {
  /** 0 is etcd and the API server on loopback, without root, as many at once as wanted. */
  readonly nodes: number;
  /** Controllers and scheduler; always there with nodes. */
  readonly controllers?: boolean;
}

export interface Cluster extends ClusterClient {
  readonly access: ClusterAccess;
  readonly faults: ControlPlaneFaults;
  /** Ends the cluster and leaves nothing; keeps its logs under `artifacts/` when asked. */
  readonly stop: (options?: { readonly keepLogs: boolean }) => Promise<void>;
}

const NODE_TIMEOUT_MS = 90_000;
const POLL_MS = 100;
const SYSCTLS = ['vm.overcommit_memory', 'vm.panic_on_oom', 'kernel.panic', 'kernel.panic_on_oops'];

/**
 * Starts a real Kubernetes on this machine. Cleans up first what ended test runs left behind. The
 * logs of a cluster that does not come up are kept under `artifacts/`.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  if (options.nodes > MAX_NODES) throw new Error(`at most ${MAX_NODES} nodes`);
  const programs = await ensurePrograms({ nodes: options.nodes > 0 });
  for (const folder of await leftClusters('abandoned')) await releaseCluster(folder);
  const folder = await createClusterFolder();
  try {
    const { plane, sockets, release } = await bringUp(folder, programs, options);
    const access = {
      kubeconfig: plane.kubeconfig,
      apiServer: plane.apiServer,
      hostAddress: plane.hostAddress,
      bin: programs.bin,
      containerdSockets: sockets,
    };
    const stop = async (how = { keepLogs: false }): Promise<void> => {
      release();
      if (how.keepLogs) process.stderr.write(`cluster logs: ${await keepLogs(folder)}\n`);
      await releaseCluster(folder);
    };
    return { ...clusterClient(access), access, faults: plane.faults, stop };
  } catch (error) {
    const logs = await keepLogs(folder);
    await releaseCluster(folder);
    throw new Error(`the test cluster did not start; its logs: ${logs}`, { cause: error });
  }
}

interface Up {
  readonly plane: ControlPlane;
  readonly sockets: readonly string[];
  readonly release: () => void;
}

async function bringUp(
  folder: ClusterFolder,
  programs: Programs,
  { nodes: count, controllers }: ClusterOptions,
): Promise<Up> {
  const env = { PATH: `${programs.bin}:${process.env['PATH'] ?? ''}`, HOME: folder.path };
  const nodes = Array.from({ length: count }, (_, index) => nodeAddresses(index + 1));
  if (count > 0) await takeNetwork(folder, nodes);
  const host = count > 0 ? HOST_ADDRESS : '127.0.0.1';
  const plane = await startControlPlane({ folder, env, host });
  if (count === 0 && controllers !== true) {
    return { plane, sockets: [], release: () => undefined };
  }
  let release = (): void => undefined;
  if (count > 0) release = await openVolumes(folder);
  await startControllers(folder, plane, { volumes: count > 0 });
  const client = { ...env, KUBECONFIG: plane.kubeconfig };
  const kubectl = (args: readonly string[], stdin = ''): Promise<string> =>
    runCommand('kubectl', args, { env: client, stdin });
  if (count > 0) {
    await startDns(folder, plane);
    await kubectl(['apply', '-f', '-'], JSON.stringify(clusterObjects()));
  }
  const sockets = await Promise.all(nodes.map((node) => startNode(folder, plane, node)));
  for (const socket of sockets) {
    await until(`containerd at ${socket}`, () => existsSync(socket));
    await eventually(`containerd at ${socket}`, () => runCommand('ctr', ['-a', socket, 'version']));
    await runCommand('ctr', [
      '-a',
      socket,
      '-n',
      'k8s.io',
      'images',
      'import',
      programs.pauseImage,
    ]);
  }
  for (const { name } of nodes) {
    const ready = ['--for=condition=Ready', `node/${name}`, '--timeout=60s'];
    await eventually(`node ${name}`, () => kubectl(['wait', ...ready]));
  }
  const account = ['-n', 'default', 'get', 'serviceaccount', 'default'];
  await eventually('the default service account', () => kubectl(account));
  return { plane, sockets, release };
}

/** Makes the bridge, the cables and the routes; refuses when the machine has them in use already. */
async function takeNetwork(folder: ClusterFolder, nodes: readonly NodeAddresses[]): Promise<void> {
  const owner = await networkOwner();
  if (owner !== undefined) {
    const { pid } = owner.record.owner;
    throw new Error(
      `process ${pid} runs a cluster with nodes already (${owner.path}); one at a time`,
    );
  }
  for (const network of [NODE_NETWORK, SERVICE_NETWORK]) {
    const routes = await runCommand('ip', ['route', 'show', 'to', 'match', network]);
    const taken = routes.split('\n').find((line) => line !== '' && !line.startsWith('default'));
    if (taken !== undefined) throw new Error(`${network} is in use on this machine: ${taken}`);
  }
  folder.record.network = true;
  for (const name of SYSCTLS) {
    folder.record.sysctls[name] = (await runCommand('sysctl', ['-n', name])).trim();
  }
  folder.save();
  await ip(`link add ${BRIDGE} type bridge`);
  await ip(`addr add ${HOST_ADDRESS}/24 dev ${BRIDGE}`);
  await ip(`link set ${BRIDGE} up`);
  for (const node of nodes) {
    folder.record.netns.push(node.netns);
    folder.record.links.push(node.link);
    folder.save();
    await connectNode(node, nodes);
  }
  const [first] = nodes;
  if (first !== undefined) await ip(`route add ${SERVICE_NETWORK} via ${first.address}`);
}

async function connectNode(node: NodeAddresses, nodes: readonly NodeAddresses[]): Promise<void> {
  const { netns, link, address } = node;
  await ip(`netns add ${netns}`);
  await ip(`link add ${link} type veth peer name eth0 netns ${netns}`);
  await ip(`link set ${link} master ${BRIDGE} up`);
  await ip(`-n ${netns} link set lo up`);
  await ip(`-n ${netns} addr add ${address}/24 dev eth0`);
  await ip(`-n ${netns} link set eth0 up`);
  await ip(`-n ${netns} route add default via ${HOST_ADDRESS}`);
  for (const other of nodes.filter(({ name }) => name !== node.name)) {
    await ip(`-n ${netns} route add ${other.podNetwork} via ${other.address}`);
  }
  await ip(`route add ${node.podNetwork} via ${address}`);
}

function ip(args: string): Promise<string> {
  return runCommand('ip', args.split(' '));
}

/** The provisioner makes folders that only root may write to, while pods run as other users. */
async function openVolumes(folder: ClusterFolder): Promise<() => void> {
  const volumes = join(folder.path, 'volumes');
  await mkdir(volumes, { recursive: true });
  const watcher = watch(volumes, (event, name) => {
    const path = join(volumes, name ?? '');
    if (event !== 'rename' || name === null || !existsSync(path)) return;
    chmod(path, 0o777).catch((error: unknown) => {
      process.stderr.write(`test bed: ${path}: ${String(error)}\n`);
    });
  });
  watcher.unref();
  return () => {
    watcher.close();
  };
}

/** DNS is a process of this machine behind an ordinary Service. */
async function startDns(folder: ClusterFolder, plane: ControlPlane): Promise<void> {
  const corefile = join(folder.path, 'Corefile');
  const text = `.:53 {
  bind ${HOST_ADDRESS}
  errors
  ready ${HOST_ADDRESS}:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${plane.kubeconfig}
    ttl 5
  }
  cache 5
}
`;
  await writeFile(corefile, text);
  startClusterProcess(folder, 'coredns', ['coredns', '-conf', corefile], plane.env);
}

function clusterObjects(): unknown {
  const namespace = 'kube-system';
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ];
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'kube-dns', namespace },
        spec: { clusterIP: DNS_SERVICE_ADDRESS, ports },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: 'kube-dns-host',
          namespace,
          labels: { 'kubernetes.io/service-name': 'kube-dns' },
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: [HOST_ADDRESS] }],
        ports,
      },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'hostpath', annotations: isDefault },
        provisioner: 'kubernetes.io/host-path',
        reclaimPolicy: 'Delete',
      },
    ],
  };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + NODE_TIMEOUT_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what} is not there in time`);
    await delay(POLL_MS);
  }
}

/** Tries a command until it succeeds; its last error when it does not in time. */
async function eventually(what: string, attempt: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + NODE_TIMEOUT_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${what} is not ready`, { cause: error });
      await delay(POLL_MS);
    }
  }
}
