import { open } from 'node:fs/promises';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SamplingConfig } from './config.ts';
import type { SamplingProvider } from './sampling-strategy.ts';
import { StrategiesFileError, defaultStrategies, parseStrategies } from './strategies-file.ts';

export interface SamplingDeps {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
}

const FETCH_TIMEOUT_MS = 1000;
const FILE_BYTES_MAX = 8 * 1024 * 1024;
/** What a server that is not ready answers; Jaeger then goes on with the defaults. */
const NULL_FILE = 'null';

/**
 * Strategies from a file or URL, read again at the interval of the config. A later version that
 * cannot be read leaves the one before in force, is logged and counted.
 * @throws StrategiesFileError when the first version cannot be read.
 */
export async function createSamplingProvider(
  config: SamplingConfig,
  deps: SamplingDeps,
): Promise<SamplingProvider> {
  const { logger } = deps;
  const reloads = new Counter({
    name: 'jaeger_sampling_strategies_loads_total',
    help: 'Times the sampling strategies were read, by result.',
    labelNames: ['result'],
    registers: [deps.metrics],
  });
  let table = defaultStrategies(config.defaultProbability);
  let lastText = '';
  const load = async (): Promise<void> => {
    const text = await readSource(config.strategiesFile);
    if (text === lastText) return;
    table = parseStrategies(text, config.defaultProbability);
    lastText = text;
    reloads.inc({ result: 'ok' });
    for (const warning of table.warnings) logger.warn(`sampling strategies: ${warning}`);
    logger.info({ services: table.services.size }, 'sampling strategies loaded');
  };
  const stopping = new AbortController();
  let reloading: Promise<void> = Promise.resolve();
  if (config.strategiesFile !== '') {
    await load();
    if (config.reloadIntervalMs > 0) {
      reloading = keepLoading(config.reloadIntervalMs, deps.clock, stopping.signal, () =>
        load().catch((error: unknown) => {
          reloads.inc({ result: 'err' });
          logger.error(`sampling strategies are not reloaded: ${errorText(error)}`);
        }),
      );
    }
  }
  return {
    strategyOf: (service) => Promise.resolve(table.services.get(service) ?? table.default),
    stop: async () => {
      stopping.abort();
      await reloading;
    },
  };
}

async function keepLoading(
  intervalMs: number,
  clock: Clock,
  signal: AbortSignal,
  load: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const stopped = await clock.sleep(intervalMs, signal).then(
      () => false,
      () => true,
    );
    if (!stopped) await load();
  }
}

async function readSource(source: string): Promise<string> {
  try {
    return /^https?:\/\//.test(source) ? await download(source) : await readBounded(source);
  } catch (error) {
    throw new StrategiesFileError(`sampling.strategies-file: ${source} cannot be read`, {
      cause: error,
    });
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > FILE_BYTES_MAX) throw tooLarge();
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > FILE_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  if (response.status === 503) return NULL_FILE;
  if (response.status !== 200) throw new StrategiesFileError(`answered ${response.status}`);
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): StrategiesFileError {
  return new StrategiesFileError(`larger than ${FILE_BYTES_MAX} bytes`);
}
