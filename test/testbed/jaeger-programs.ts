import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, goMissing } from '../clients/client-programs.ts';
import { cacheFolder } from './cache-folder.ts';
import { runCommand } from './run-command.ts';

/** Jaeger's own programs, of the release that `jaeger/go.mod` names. */
export interface JaegerPrograms {
  /** Jaeger v2: collector, query and storage server, as its configuration says. */
  readonly jaeger: string;
  /** The storage server of v1, which serves the same protocol from the storages of v1. */
  readonly remoteStorage: string;
}

const SOURCE = join(import.meta.dirname, 'jaeger');
const SOURCES = [
  'go.mod',
  'go.sum',
  'no-elasticsearch/go.mod',
  'no-elasticsearch/elasticsearch.go',
  'no-elasticsearch/esapi/esapi.go',
];
const MODULE = 'github.com/jaegertracing/jaeger/cmd';
/** Beyond this the machine, or the way to the sources, is too slow for tests that compare with a peer. */
const BUILD_TIMEOUT_MS = 12 * 60_000;

/**
 * Builds Jaeger's programs for the tests of this run. Where they cannot be built, tests against them
 * are skipped, and standard error says why: they are somebody else's, from somebody else's server.
 * @throws Error when CI=true and Go is missing: there a missing toolchain must not pass as green.
 */
export async function prepareJaeger(): Promise<void> {
  const reason = goMissing();
  if (reason !== undefined && process.env['CI'] === 'true') {
    throw new Error(`Jaeger cannot be built: ${reason}`);
  }
  if (reason !== undefined) return;
  await ensureJaeger().catch((error: unknown) => {
    process.stderr.write(`\nJaeger's own programs cannot be built: ${String(error)}\n\n`);
  });
}

/** Whether `prepareJaeger` has built them, now or earlier. Standard error says so when it has not. */
export async function hasJaeger(): Promise<boolean> {
  const isBuilt = existsSync(await programFolder());
  if (!isBuilt) {
    const how = 'run node test/testbed/prepare.ts, which needs Go';
    process.stderr.write(`\nSKIPPED: tests against Jaeger's own programs: ${how}\n\n`);
  }
  return isBuilt;
}

/** Builds them if the cache does not hold them yet: some five minutes of processor time. */
export async function ensureJaeger(): Promise<JaegerPrograms> {
  const folder = await programFolder();
  await ensureFolder(folder, async (building) => {
    const build = ['go', 'build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
    const packages = [`${MODULE}/jaeger`, `${MODULE}/remote-storage`];
    await runCommand('nice', [...build, '-o', `${building}/`, ...packages], {
      cwd: SOURCE,
      env: { ...process.env, CGO_ENABLED: '0' },
      timeoutMs: BUILD_TIMEOUT_MS,
    });
  });
  return { jaeger: join(folder, 'jaeger'), remoteStorage: join(folder, 'remote-storage') };
}

async function programFolder(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(await readFile(join(SOURCE, name)));
  return cacheFolder('jaeger-programs', hash.digest('hex').slice(0, 16));
}
