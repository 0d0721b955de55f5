import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../testbed/cache-folder.ts';
import { runCommand } from '../testbed/run-command.ts';

/** What runs a client program that is not JavaScript. */
export type Toolchain = 'go' | 'python';

const HERE = import.meta.dirname;
const GO_MINIMUM = [1, 26] as const;
/** The oldest that everything pinned in the requirements has a release for. */
const PYTHON_MINIMUM = [3, 11] as const;
const PROBE_TIMEOUT_MS = 20_000;
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/**
 * Why the clients of a language cannot run on this machine; undefined when they can. Says the reason on
 * standard error, so that a run which skipped them shows it.
 * @throws Error instead, when CI=true: there a missing toolchain must not pass as green.
 */
export function clientsUnavailable(toolchain: Toolchain): string | undefined {
  const reason = toolchain === 'go' ? goMissing() : pythonMissing();
  if (reason === undefined) return undefined;
  if (process.env['CI'] === 'true') throw new Error(`${toolchain} clients cannot run: ${reason}`);
  process.stderr.write(`\nSKIPPED: tests with ${toolchain} clients cannot run: ${reason}\n\n`);
  return reason;
}

export function goMissing(): string | undefined {
  return versionMissing('Go (https://go.dev/dl)', GO_MINIMUM, ['go', 'env', 'GOVERSION']);
}

function pythonMissing(): string | undefined {
  const probe = 'import ensurepip, venv, platform; print(platform.python_version())';
  const what = 'Python (https://www.python.org, with venv and pip)';
  return versionMissing(what, PYTHON_MINIMUM, ['python3', '-c', probe]);
}

/** Runs a command that prints a version. */
function versionMissing(
  what: string,
  [needMajor, needMinor]: readonly [number, number],
  [file = '', ...args]: readonly string[],
): string | undefined {
  const { status, stdout } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
  });
  const needs = `needs ${what} ${needMajor}.${needMinor} or newer`;
  if (status !== 0) return `${needs}, \`${file}\` does not run so`;
  const version = /(\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  const enough = major > needMajor || (major === needMajor && minor >= needMinor);
  return enough ? undefined : `${needs}, found ${stdout.trim()}`;
}

/** Builds what the clients of a language need, unless the cache holds it. */
export async function ensureClients(toolchain: Toolchain): Promise<void> {
  if (toolchain === 'go') await goClients();
  else for (const requirements of PYTHON_REQUIREMENTS) await pythonWith(requirements);
}

/** The one executable with all Go clients. */
export async function goClients(): Promise<string> {
  const folder = join(HERE, 'go');
  const sources = (await readdir(folder)).filter((name) => /^go\.|\.go$/.test(name)).sort();
  const hash = createHash('sha256');
  for (const name of sources) hash.update(await readFile(join(folder, name)));
  const target = cacheFolder('clients', `go-${shortHash(hash)}`);
  await ensureFolder(target, async (building) => {
    const build = ['go', 'build', '-p=1', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
    await runCommand('nice', [...build, '-o', join(building, 'clients'), '.'], {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
  });
  return join(target, 'clients');
}

/** Two, because the old clients ask for an SDK and a protobuf that the others have left behind. */
export type PythonRequirements = 'requirements.txt' | 'requirements-old.txt';
const PYTHON_REQUIREMENTS = ['requirements.txt', 'requirements-old.txt'] as const;

/** A Python that has what one of the requirements files lists. */
export async function pythonWith(requirements: PythonRequirements): Promise<string> {
  const file = join(HERE, 'python', requirements);
  const version = await runCommand('python3', ['--version'], { timeoutMs: PROBE_TIMEOUT_MS });
  const hash = createHash('sha256')
    .update(version)
    .update(await readFile(file));
  const target = cacheFolder('clients', `python-${shortHash(hash)}`);
  await ensureFolder(target, async (building) => {
    const options = { timeoutMs: INSTALL_TIMEOUT_MS };
    await runCommand('nice', ['python3', '-m', 'venv', building], options);
    const python = join(building, 'bin', 'python');
    // The files list everything, so nothing is left to be resolved.
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', file];
    await runCommand('nice', [python, ...install], options);
  });
  return join(target, 'bin', 'python');
}

function shortHash(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, 16);
}

/** Fills a folder beside its place and moves it there, so that what is in place is complete. */
export async function ensureFolder(
  target: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  if (existsSync(target)) return;
  const building = `${target}.${process.pid}`;
  const started = performance.now();
  process.stderr.write(`test clients: building ${target} …\n`);
  await mkdir(building, { recursive: true });
  try {
    await fill(building);
    await rename(building, target).catch((error: unknown) => {
      // Another test run finished the same first; its result is as good.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stderr.write(`test clients: done in ${seconds} s\n`);
}
