import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { SamplingConfig } from '../../src/sampling/config.ts';
import { createSamplingProvider } from '../../src/sampling/sampling-provider.ts';
import { renderSamplingStrategy } from '../../src/sampling/sampling-strategy.ts';
import type { SamplingProvider } from '../../src/sampling/sampling-strategy.ts';
import { StrategiesFileError, parseStrategies } from '../../src/sampling/strategies-file.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const OPERATIONS_FILE = JSON.stringify({
  default_strategy: {
    type: 'probabilistic',
    param: 0.5,
    operation_strategies: [
      { operation: 'op0', type: 'probabilistic', param: 0.2 },
      { operation: 'op6', type: 'probabilistic', param: 0 },
      { operation: 'op7', type: 'probabilistic', param: 1 },
    ],
  },
  service_strategies: [
    {
      service: 'foo',
      type: 'probabilistic',
      param: 0.8,
      operation_strategies: [
        { operation: 'op6', type: 'probabilistic', param: 0.5 },
        { operation: 'op1', type: 'probabilistic', param: 0.2 },
        { operation: 'op2', type: 'ratelimiting', param: 10 },
      ],
    },
    {
      service: 'bar',
      type: 'ratelimiting',
      param: 5.9,
      operation_strategies: [{ operation: 'op3', type: 'probabilistic', param: 0.3 }],
    },
    { service: 'plain', type: 'probabilistic', param: 0.9 },
    { service: 'limited', type: 'ratelimiting', param: 7 },
  ],
});

describe('parseStrategies', () => {
  const table = parseStrategies(OPERATIONS_FILE, 0.001);
  const answer = (service: string): string =>
    renderSamplingStrategy(table.services.get(service) ?? table.default);

  it('merges the rules of a service with those of the default, its own first', () => {
    expect(answer('foo')).toBe(
      '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.8},' +
        '"operationSampling":{"defaultSamplingProbability":0.8,"defaultLowerBoundTracesPerSecond":0,' +
        '"perOperationStrategies":[' +
        '{"operation":"op6","probabilisticSampling":{"samplingRate":0.5}},' +
        '{"operation":"op1","probabilisticSampling":{"samplingRate":0.2}},' +
        '{"operation":"op0","probabilisticSampling":{"samplingRate":0.2}},' +
        '{"operation":"op7","probabilisticSampling":{"samplingRate":1}}],' +
        '"defaultUpperBoundTracesPerSecond":0}}',
    );
  });

  it('gives the operations of a rate limited service the default probability', () => {
    expect(answer('bar')).toContain('"rateLimitingSampling":{"maxTracesPerSecond":5}');
    expect(answer('bar')).toContain('"defaultSamplingProbability":0.001,');
    expect(answer('bar')).toContain('[{"operation":"op3",');
  });

  it('gives a service without rules those of the default, with its own rate', () => {
    expect(table.services.get('plain')?.operations).toEqual({
      defaultSamplingProbability: 0.9,
      defaultLowerBoundTracesPerSecond: 0,
      perOperation: [
        { operation: 'op0', samplingRate: 0.2 },
        { operation: 'op6', samplingRate: 0 },
        { operation: 'op7', samplingRate: 1 },
      ],
    });
    expect(table.services.get('limited')?.operations?.defaultSamplingProbability).toBe(0.5);
  });

  it('warns of a rule that no client can follow', () => {
    expect(table.warnings).toEqual([
      'service_strategies[0].operation_strategies[2]: only probabilistic is possible for an operation; left out',
    ]);
  });

  it('uses the default probability for an unknown type', () => {
    const odd = parseStrategies('{"service_strategies":[{"service":"a","type":"x"}]}', 0.25);
    expect(odd.services.get('a')).toEqual({ type: 'PROBABILISTIC', samplingRate: 0.25 });
    expect(odd.warnings).toHaveLength(1);
  });

  it.each([
    ['{', /^not JSON/],
    ['"x"', /^the file must be an object$/],
    ['{"service_strategies":{}}', /^service_strategies must be a list$/],
    [
      '{"service_strategies":[{"service":"a","type":"probabilistic","param":"1"}]}',
      /^service_strategies\[0\]\.param must be a number$/,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseStrategies(text, 0.1)).toThrow(message);
  });

  it('knows no service by the names of Object.prototype', () => {
    expect(parseStrategies('{}', 0.1).services.get('__proto__')).toBeUndefined();
  });
});

describe('renderSamplingStrategy', () => {
  it('writes the types as numbers for old clients', () => {
    expect(renderSamplingStrategy({ type: 'PROBABILISTIC', samplingRate: 0.42 }, 'number')).toBe(
      '{"strategyType":0,"probabilisticSampling":{"samplingRate":0.42}}',
    );
    expect(
      renderSamplingStrategy({ type: 'RATE_LIMITING', maxTracesPerSecond: 42 }, 'number'),
    ).toBe('{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":42}}');
  });
});

describe('createSamplingProvider', () => {
  it('answers the default probability without a file', async () => {
    const provider = await start({ defaultProbability: 0.25 });
    expect(renderSamplingStrategy(await provider.strategyOf('any'))).toBe(
      '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25}}',
    );
  });

  it('does not start with a file that is missing or bad', async () => {
    await expect(start({ strategiesFile: '/no/such/file' })).rejects.toThrow(StrategiesFileError);
    const path = await tempFile('{');
    await expect(start({ strategiesFile: path })).rejects.toThrow(/not JSON/);
  });

  it('takes a new version and keeps the one before when the next is bad', async () => {
    const path = await tempFile(strategies(0.8));
    const reload = createTicks();
    const metrics = new Registry();
    const provider = await start({ strategiesFile: path, reloadIntervalMs: 10 }, reload, metrics);
    expect(await provider.strategyOf('foo')).toEqual(probabilistic(0.8));
    await writeFile(path, strategies(0.9));
    await reload.tick();
    expect(await provider.strategyOf('foo')).toEqual(probabilistic(0.9));
    await writeFile(path, '{"default_strategy":');
    await reload.tick();
    expect(await provider.strategyOf('foo')).toEqual(probabilistic(0.9));
    expect(await metrics.metrics()).toContain(
      'jaeger_sampling_strategies_loads_total{result="err"} 1',
    );
  });

  it('reads a URL, and goes on with defaults while that answers 503', async () => {
    let status = 503;
    const server = createServer((_request, response) => {
      response.writeHead(status).end(strategies(0.8));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => void server.close());
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    const reload = createTicks();
    const strategiesFile = `http://127.0.0.1:${address.port}/strategies`;
    const provider = await start({ strategiesFile, reloadIntervalMs: 10 }, reload);
    expect(await provider.strategyOf('foo')).toEqual(probabilistic(0.001));
    status = 200;
    await reload.tick();
    expect(await provider.strategyOf('foo')).toEqual(probabilistic(0.8));
    status = 404;
    await expect(start({ strategiesFile })).rejects.toThrow(/cannot be read/);
  });
});

function strategies(param: number): string {
  return JSON.stringify({ service_strategies: [{ service: 'foo', type: 'probabilistic', param }] });
}

function probabilistic(samplingRate: number): unknown {
  return { type: 'PROBABILISTIC', samplingRate };
}

/** Sleeps end when the test says so; `tick` resolves when the sleeper sleeps again. */
interface Ticks {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  tick(): Promise<void>;
}

function createTicks(): Ticks {
  let wake = (): void => undefined;
  let slept = Promise.withResolvers<undefined>();
  return {
    sleep: (_ms, signal) => {
      slept.resolve(undefined);
      return new Promise((resolve, reject) => {
        wake = resolve;
        signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    },
    tick: () => {
      slept = Promise.withResolvers();
      wake();
      return slept.promise;
    },
  };
}

async function start(
  config: Partial<SamplingConfig>,
  ticks = createTicks(),
  metrics = new Registry(),
): Promise<SamplingProvider> {
  const provider = await createSamplingProvider(
    { strategiesFile: '', reloadIntervalMs: 0, defaultProbability: 0.001, ...config },
    {
      logger: pino({ level: 'silent' }),
      metrics,
      clock: { now: () => 0, monotonic: () => 0, sleep: ticks.sleep.bind(ticks) },
    },
  );
  cleanups.push(() => provider.stop());
  return provider;
}

async function tempFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strategies-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'strategies.json');
  await writeFile(path, text);
  return path;
}
