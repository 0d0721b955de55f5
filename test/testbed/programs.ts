import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeImageArchive } from '../../scripts/image-archive.ts';
import { cacheFolder } from './cache-folder.ts';
import { runCommand } from './run-command.ts';

/** What a cluster is started from. */
export interface Programs {
  /** Folder with etcd, kube-apiserver, kubelet, kubectl, helm, …: one executable, many names. */
  readonly bin: string;
  /** Image archive of the sandbox process of pods. */
  readonly pauseImage: string;
}

export const PAUSE_IMAGE = 'localhost/pause:1';

const SOURCE = join(import.meta.dirname, 'cluster');
const NAMES = [
  'coredns',
  'etcd',
  'helm',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
];
/** Debian packages a node needs, with a file that tells whether each is there. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  iproute2: '/usr/sbin/ip',
  conntrack: '/usr/sbin/conntrack',
};
/** What the browser tests need, likewise. */
const BROWSER_PACKAGES: Readonly<Record<string, string>> = {
  chromium: '/usr/bin/chromium',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
};
const APT_TIMEOUT_MS = 10 * 60_000;
const BUILD_TIMEOUT_MS = 40 * 60_000;
const PROGRESS_EVERY_MS = 15_000;

/** Builds the cluster's programs if the cache does not hold them yet, and installs what nodes need. */
export async function ensurePrograms(needs: { readonly nodes: boolean }): Promise<Programs> {
  if (needs.nodes) await installPackages(NODE_PACKAGES);
  const bin = cacheFolder('cluster-programs', await sourceHash());
  const pauseImage = join(bin, 'pause.tar');
  if (!existsSync(pauseImage)) await buildPrograms(bin, pauseImage);
  return { bin, pauseImage };
}

/** Installs the browser and a font when they are absent. */
export async function ensureBrowser(): Promise<string> {
  await installPackages(BROWSER_PACKAGES);
  return '/usr/bin/chromium';
}

async function installPackages(packages: Readonly<Record<string, string>>): Promise<void> {
  const absent = Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ''));
  if (absent.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`install ${absent.join(', ')}: as root on Debian that happens by itself`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await withProgress(`installing ${absent.join(', ')}`, async () => {
    await runCommand('apt-get', ['update', '-qq'], { timeoutMs: APT_TIMEOUT_MS, env });
    const args = ['install', '-qq', '-y', '--no-install-recommends', ...absent];
    await runCommand('apt-get', args, { timeoutMs: APT_TIMEOUT_MS, env });
  });
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go', 'pause/main.go']) {
    hash.update(await readFile(join(SOURCE, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildPrograms(bin: string, pauseImage: string): Promise<void> {
  const building = `${bin}.${process.pid}`;
  await mkdir(building, { recursive: true });
  try {
    await withProgress(
      'building the Kubernetes test cluster (minutes, the first time)',
      async () => {
        await goBuild('.', join(building, 'kube'), await versionFlags());
        await goBuild('./pause', join(building, 'pause'), '');
      },
    );
    for (const name of NAMES) await symlink('kube', join(building, name));
    await writeImageArchive(join(building, 'pause.tar'), {
      name: PAUSE_IMAGE,
      config: { Entrypoint: ['/pause'] },
      entries: [{ path: 'pause', mode: 0o755, content: await readFile(join(building, 'pause')) }],
    });
    await rename(building, bin).catch((error: unknown) => {
      // Another test run finished the same build first; its result is as good.
      if (!existsSync(pauseImage)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** One build at a time on a machine: the second finds everything in the compiler's cache. */
async function goBuild(packagePath: string, output: string, ldflags: string): Promise<void> {
  const lock = cacheFolder('cluster-programs', 'build.lock');
  await writeFile(lock, '', { flag: 'a' });
  const go = ['go', 'build', '-trimpath', '-buildvcs=false', `-ldflags=-s -w ${ldflags}`];
  await runCommand('flock', [lock, 'nice', ...go, '-o', output, packagePath], {
    cwd: SOURCE,
    env: { ...process.env, CGO_ENABLED: '0' },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}

/** What the programs say of their version: that of the modules they are built from. */
async function versionFlags(): Promise<string> {
  const goMod = await readFile(join(SOURCE, 'go.mod'), 'utf8');
  const versionOf = (module: string): string => {
    const version = new RegExp(`^\\s*${module} (v\\S+)$`, 'm').exec(goMod)?.[1];
    if (version === undefined) throw new Error(`go.mod requires no ${module}`);
    return version;
  };
  const kubernetes = versionOf('k8s.io/kubernetes');
  const [major, minor] = kubernetes.slice(1).split('.');
  const kube = 'k8s.io/component-base/version';
  return [
    `-X ${kube}.gitVersion=${kubernetes}`,
    `-X ${kube}.gitMajor=${major ?? ''}`,
    `-X ${kube}.gitMinor=${minor ?? ''}`,
    `-X ${kube}.gitTreeState=clean`,
    `-X helm.sh/helm/v4/internal/version.version=${versionOf('helm.sh/helm/v4')}`,
  ].join(' ');
}

/** Tells on standard error what takes so long. */
async function withProgress(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
  const say = (text: string): void => void process.stderr.write(`test bed: ${what}${text}\n`);
  say(' …');
  const timer = setInterval(() => {
    say(` … ${seconds()} s`);
  }, PROGRESS_EVERY_MS);
  try {
    await work();
    say(`: done in ${seconds()} s`);
  } finally {
    clearInterval(timer);
  }
}
