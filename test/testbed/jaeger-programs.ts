import { createHash } from 'node:crypto';
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
const BUILD_TIMEOUT_MS = 40 * 60_000;

/**
 * Why Jaeger's programs cannot be built on this machine; undefined when they can. Says the reason on
 * standard error, so that a run which skipped tests shows it.
 * @throws Error instead, when CI=true: there a missing toolchain must not pass as green.
 */
export function jaegerUnavailable(): string | undefined {
  const reason = goMissing();
  if (reason === undefined) return undefined;
  if (process.env['CI'] === 'true') throw new Error(`Jaeger cannot be built: ${reason}`);
  process.stderr.write(`\nSKIPPED: tests against Jaeger's own programs cannot run: ${reason}\n\n`);
  return reason;
}

/** Builds them if the cache does not hold them yet: some five minutes of processor time. */
export async function ensureJaeger(): Promise<JaegerPrograms> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(await readFile(join(SOURCE, name)));
  const folder = cacheFolder('jaeger-programs', hash.digest('hex').slice(0, 16));
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
