import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API_SERVICE_ADDRESS, HOST_ADDRESS, SERVICE_NETWORK } from './addresses.ts';
import { writeCertificates } from './certificates.ts';
import { HOSTPATH_VOLUMES } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { startClusterProcess } from './cluster-process.ts';
import type { ClusterProcess } from './cluster-process.ts';

export interface ControlPlane {
  readonly kubeconfig: string;
  readonly apiServer: string;
  /** Address of this machine that the API server and pods reach. */
  readonly hostAddress: string;
  readonly env: NodeJS.ProcessEnv;
  readonly faults: ControlPlaneFaults;
}

/** What a test may do to a cluster that is its own. */
export interface ControlPlaneFaults {
  /** Where etcd answers, in plain HTTP too. */
  readonly etcd: string;
  /** Ends the API server as a crash does. */
  killApiServer(): Promise<void>;
  /** Starts it again where it was, with more flags; resolves when it is ready. */
  startApiServer(flags?: readonly string[]): Promise<void>;
}

export interface ControlPlaneOptions {
  readonly folder: ClusterFolder;
  readonly env: NodeJS.ProcessEnv;
  /** 127.0.0.1, or the bridge's address when there are nodes. */
  readonly host: string;
}

const READY_TIMEOUT_MS = 90_000;
const POLL_MS = 50;

/** Starts etcd and the API server; resolves when the API server is ready. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { folder, host } = options;
  const pki = join(folder.path, 'pki');
  await writeCertificates(pki, {
    ips: [host, API_SERVICE_ADDRESS],
    dns: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  });
  const [etcdPort, peerPort, apiPort] = await freePorts(host);
  const etcd = `http://${host}:${etcdPort}`;
  const peer = `http://${host}:${peerPort}`;
  const apiServer = `https://${host}:${apiPort}`;
  const kubeconfig = join(folder.path, 'admin.kubeconfig');
  await writeFile(kubeconfig, kubeconfigText(apiServer, pki));
  const env = { ...options.env, KUBECONFIG: kubeconfig };
  const start = (name: string, args: readonly string[]): ClusterProcess =>
    startClusterProcess(folder, name, [name, ...args], env);
  start('etcd', [
    `--data-dir=${join(folder.path, 'etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]);
  let server: ClusterProcess | undefined;
  const faults: ControlPlaneFaults = {
    etcd,
    killApiServer: async () => server?.kill(),
    startApiServer: async (flags = []) => {
      const own = apiServerFlags({ etcd, host, apiPort, pki });
      server = start('kube-apiserver', [...own, ...flags]);
      await untilReady(apiServer, pki, server);
    },
  };
  await faults.startApiServer();
  return { kubeconfig, apiServer, hostAddress: host, env, faults };
}

/** Starts the controllers, with the scheduler; `volumes` gives persistent volumes a place. */
export async function startControllers(
  folder: ClusterFolder,
  plane: ControlPlane,
  options: { readonly volumes: boolean },
): Promise<void> {
  const pki = join(folder.path, 'pki');
  const command = [
    'kube-controller-manager',
    `--kubeconfig=${plane.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${pki}/service-accounts.key`,
    `--root-ca-file=${pki}/ca.crt`,
    `--cluster-signing-cert-file=${pki}/ca.crt`,
    `--cluster-signing-key-file=${pki}/ca.key`,
    '--horizontal-pod-autoscaler-sync-period=5s',
    `--enable-hostpath-provisioner=${String(options.volumes)}`,
  ];
  const volumes = join(folder.path, 'volumes');
  if (options.volumes) await mkdir(volumes, { recursive: true });
  // The provisioner's folder is fixed and machine-wide, so it sees another under that name.
  const bind = `mkdir -p ${HOSTPATH_VOLUMES} && mount --bind '${volumes}' ${HOSTPATH_VOLUMES} && exec "$@"`;
  const inOwnMounts = ['unshare', '--mount', 'sh', '-c', bind, 'sh'];
  startClusterProcess(
    folder,
    'kube-controller-manager',
    options.volumes ? [...inOwnMounts, ...command] : command,
    plane.env,
  );
  const scheduler = ['--leader-elect=false', '--secure-port=0'];
  startClusterProcess(
    folder,
    'kube-scheduler',
    ['kube-scheduler', `--kubeconfig=${plane.kubeconfig}`, ...scheduler],
    plane.env,
  );
}

interface ApiServerOptions {
  readonly etcd: string;
  readonly host: string;
  readonly apiPort: number;
  readonly pki: string;
}

function apiServerFlags({ etcd, host, apiPort, pki }: ApiServerOptions): string[] {
  // The API server refuses to advertise loopback; without nodes nobody asks for its address.
  const endpoints = host === HOST_ADDRESS ? 'lease' : 'none';
  return [
    `--etcd-servers=${etcd}`,
    `--bind-address=${host}`,
    `--secure-port=${apiPort}`,
    `--advertise-address=${HOST_ADDRESS}`,
    `--endpoint-reconciler-type=${endpoints}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged',
    `--client-ca-file=${pki}/ca.crt`,
    `--tls-cert-file=${pki}/api-server.crt`,
    `--tls-private-key-file=${pki}/api-server.key`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki}/service-accounts.pub`,
    `--service-account-signing-key-file=${pki}/service-accounts.key`,
    `--kubelet-client-certificate=${pki}/admin.crt`,
    `--kubelet-client-key=${pki}/admin.key`,
    '--kubelet-preferred-address-types=InternalIP',
    '--enable-aggregator-routing',
    `--requestheader-client-ca-file=${pki}/ca.crt`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki}/front-proxy.crt`,
    `--proxy-client-key-file=${pki}/front-proxy.key`,
  ];
}

function kubeconfigText(server: string, pki: string): string {
  const [name, user] = ['test-bed', 'admin'];
  const cluster = { server, 'certificate-authority': join(pki, 'ca.crt') };
  const keys = {
    'client-certificate': join(pki, 'admin.crt'),
    'client-key': join(pki, 'admin.key'),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name: user, user: keys }],
    contexts: [{ name, context: { cluster: name, user } }],
  });
}

async function untilReady(url: string, pki: string, server: ClusterProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  const tls = {
    ca: readFileSync(join(pki, 'ca.crt')),
    cert: readFileSync(join(pki, 'admin.crt')),
    key: readFileSync(join(pki, 'admin.key')),
  };
  while (!(await answersOk(`${url}/readyz`, tls))) {
    const end = server.ended();
    if (end !== undefined) throw new Error(`the API server ended: ${end}`);
    if (performance.now() > deadline) throw new Error(`the API server at ${url} is not ready`);
    await delay(POLL_MS);
  }
}

/** Not listening yet is an answer too: no. */
function answersOk(url: string, tls: { ca: Buffer; cert: Buffer; key: Buffer }): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { ...tls, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
}

/** Three different ports that are free now. */
async function freePorts(host: string): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  const open = (server: (typeof servers)[number]): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  const [first, second, third] = servers;
  const ports: [number, number, number] = [
    await open(first),
    await open(second),
    await open(third),
  ];
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
