import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BRIDGE } from './addresses.ts';
import { cacheFolder } from './cache-folder.ts';
import { CommandError, runCommand } from './run-command.ts';

/** A process, told apart from a later one with the same id by when it started (clock ticks). */
export interface ProcessMark {
  readonly pid: number;
  readonly startTicks: string;
}

/** What a cluster takes from the machine: written down before it is taken, so that anybody can give it back. */
export interface ClusterRecord {
  readonly owner: ProcessMark;
  processes: ProcessMark[];
  /** Names of network namespaces. */
  netns: string[];
  /** This machine's ends of the nodes' cables. */
  links: string[];
  /** Whether the bridge and the control groups are its. */
  network: boolean;
  /** Machine-wide kernel settings as they were, which the kubelet changes. */
  sysctls: Record<string, string>;
}

const RECORD = 'cluster.json';
const CGROUP = 'jaeger-instance-operator';
const END_TIMEOUT_MS = 20_000;
const POLL_MS = 25;
/** Where the controller manager's volume provisioner makes its directories; not configurable. */
export const HOSTPATH_VOLUMES = '/tmp/hostpath_pv';

/** The folder of one running cluster and the record in it. */
export interface ClusterFolder {
  readonly path: string;
  readonly record: ClusterRecord;
  save(): void;
}

export async function createClusterFolder(): Promise<ClusterFolder> {
  const owner = processMark(process.pid);
  if (owner === undefined) throw new Error('/proc does not show this process');
  const path = cacheFolder('clusters', randomBytes(4).toString('hex'));
  for (const name of ['log', 'pki']) await mkdir(join(path, name), { recursive: true });
  const record = { owner, processes: [], netns: [], links: [], network: false, sysctls: {} };
  const folder = folderOf(path, record);
  folder.save();
  return folder;
}

/** Clusters whose owner has ended without stopping them, or all. */
export async function leftClusters(which: 'abandoned' | 'all'): Promise<ClusterFolder[]> {
  const root = cacheFolder('clusters');
  const names = await readdir(root).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names
    .map((name) => readFolder(join(root, name)))
    .filter((folder) => which === 'all' || !isRunning(folder.record.owner));
}

/** The cluster that holds the bridge; a machine has one such cluster at a time. */
export async function networkOwner(): Promise<ClusterFolder | undefined> {
  return (await leftClusters('all')).find(({ record }) => record.network);
}

/** Ends a cluster's processes and gives back all it took from the machine. May be called again. */
export async function releaseCluster(folder: ClusterFolder): Promise<void> {
  const { record, path } = folder;
  const running = record.processes.filter((mark) => isRunning(mark));
  for (const { pid } of running) killHard(pid);
  const deadline = performance.now() + END_TIMEOUT_MS;
  while (running.some((mark) => isRunning(mark))) {
    if (performance.now() > deadline) throw new Error(`processes of ${path} do not end`);
    await delay(POLL_MS);
  }
  // The kernel takes a namespace down with its cable some time later; the next cluster may be sooner.
  for (const name of record.links) await removeIfThere('ip', ['link', 'del', name]);
  for (const name of record.netns) await removeIfThere('ip', ['netns', 'del', name]);
  if (record.network) {
    await removeIfThere('ip', ['link', 'del', BRIDGE]);
    await removeControlGroups();
    removeEmptyFolder(HOSTPATH_VOLUMES);
  }
  for (const [name, value] of Object.entries(record.sysctls)) {
    await runCommand('sysctl', ['-q', '-w', `${name}=${value}`]);
  }
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Copies a cluster's logs (of its programs and pods) to where people look for them. */
export async function keepLogs(folder: ClusterFolder): Promise<string> {
  const kept = join('artifacts', `cluster-${new Date().toISOString().replaceAll(':', '-')}`);
  await cp(join(folder.path, 'log'), kept, { recursive: true });
  return kept;
}

/** The control group a node's pods live under, relative to each hierarchy's root. */
export function nodeControlGroup(node: string): string {
  return `${CGROUP}/${node}`;
}

export function processMark(pid: number): ProcessMark | undefined {
  const startTicks = readStartTicks(pid);
  return startTicks === undefined ? undefined : { pid, startTicks };
}

function folderOf(path: string, record: ClusterRecord): ClusterFolder {
  const save = (): void => {
    writeFileSync(join(path, RECORD), JSON.stringify(record, undefined, 2));
  };
  return { path, record, save };
}

function readFolder(path: string): ClusterFolder {
  const nobody: ClusterRecord = {
    owner: { pid: 0, startTicks: '' },
    processes: [],
    netns: [],
    links: [],
    network: false,
    sysctls: {},
  };
  try {
    const text = readFileSync(join(path, RECORD), 'utf8');
    const record: Partial<ClusterRecord> = JSON.parse(text) as Partial<ClusterRecord>;
    return folderOf(path, { ...nobody, ...record });
  } catch (error) {
    // Ended before the record was written: then nothing was taken yet but the folder.
    if (error instanceof SyntaxError || isMissing(error)) return folderOf(path, nobody);
    throw error;
  }
}

function isRunning(mark: ProcessMark): boolean {
  return readStartTicks(mark.pid) === mark.startTicks;
}

/** Field 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; undefined for a zombie. */
function readStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ESRCH';
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function removeIfThere(file: string, args: readonly string[]): Promise<void> {
  try {
    await runCommand(file, args);
  } catch (error) {
    const gone = /No such file|Cannot find device/;
    if (!(error instanceof CommandError) || !gone.test(error.message)) throw error;
  }
}

/** One hierarchy per controller with control groups v1, one in all with v2. */
export function controlGroupRoots(): string[] {
  const root = '/sys/fs/cgroup';
  const names = readdirSync(root);
  if (names.includes('cgroup.controllers')) return [root];
  return names
    .map((name) => join(root, name))
    .filter((path) => {
      const inside = readFolderNames(path);
      return inside.includes('cgroup.procs');
    });
}

function readFolderNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [];
    throw error;
  }
}

/** A group can go only when the kernel has buried its last process, a moment after that was killed. */
async function removeControlGroups(): Promise<void> {
  const deadline = performance.now() + END_TIMEOUT_MS;
  for (const root of controlGroupRoots()) {
    while (!removeTree(join(root, CGROUP))) {
      if (performance.now() > deadline) throw new Error(`${root}/${CGROUP} stays busy`);
      await delay(POLL_MS);
    }
  }
}

function removeTree(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory() && !removeTree(join(group, entry.name))) return false;
    }
    rmdirSync(group);
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false;
    throw error;
  }
}

function removeEmptyFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const kept = error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY';
    if (!kept && !isMissing(error)) throw error;
  }
}
