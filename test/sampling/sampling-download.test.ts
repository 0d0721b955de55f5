import nock from 'nock';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorText } from '../../src/runtime/errors.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createSamplingProvider } from '../../src/sampling/sampling-provider.ts';
import type { SamplingProvider } from '../../src/sampling/sampling-strategy.ts';

// Answers that a real server does not give on demand: cut off, endless, or nonsense.
const HOST = 'http://strategies.example.com';
const SOURCE = `${HOST}/sampling.json`;
const GOOD = '{"default_strategy": {"type": "probabilistic", "param": 0.5}}';

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

function answers(): nock.Interceptor {
  return nock(HOST).get('/sampling.json');
}

interface Loading {
  readonly provider: SamplingProvider;
  readonly metrics: Registry;
  /** Lets the reload interval pass; resolves when the provider waits for the next. */
  readonly reload: () => Promise<void>;
}

async function load(): Promise<Loading> {
  const metrics = new Registry();
  let wake = Promise.withResolvers<undefined>();
  let asleep = Promise.withResolvers<undefined>();
  const clock: Clock = {
    ...systemClock,
    sleep: async (_ms, signal) => {
      asleep.resolve(undefined);
      const aborted = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => {
        aborted.reject(new Error('aborted'));
      });
      await Promise.race([wake.promise, aborted.promise]);
    },
  };
  const provider = await createSamplingProvider(
    { strategiesFile: SOURCE, reloadIntervalMs: 1000, defaultProbability: 0.001 },
    { logger: pino({ level: 'silent' }), metrics, clock },
  );
  return {
    provider,
    metrics,
    reload: async () => {
      await asleep.promise;
      const waking = wake;
      wake = Promise.withResolvers();
      asleep = Promise.withResolvers();
      waking.resolve(undefined);
      await asleep.promise;
    },
  };
}

const FAULTS: readonly (readonly [string, () => unknown, string])[] = [
  ['a 500', () => answers().reply(500, 'oops'), 'answered 500'],
  [
    'a connection that is reset',
    () => answers().replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
    'reset',
  ],
  ['an answer that is too large', () => answers().reply(200, 'x'.repeat(8_388_609)), 'larger than'],
];

describe('sampling strategies from a URL', () => {
  it.each(FAULTS)('are not started with after %s', async (_, fault, reason) => {
    fault();
    const failure = await load().then(
      () => undefined,
      (error: unknown) => errorText(error),
    );
    expect(failure).toContain(`sampling.strategies-file: ${SOURCE} cannot be read`);
    expect(failure).toContain(reason);
  });

  it.each([
    ...FAULTS,
    ['a page that is no JSON', () => answers().reply(200, '<html>'), ''] as const,
    ['JSON cut in the middle', () => answers().reply(200, GOOD.slice(0, 20)), ''] as const,
  ])('stay as they were after %s, and follow the next good answer', async (_, fault) => {
    answers().reply(200, GOOD);
    const { provider, metrics, reload } = await load();
    fault();
    await reload();
    expect(await provider.strategyOf('shop')).toMatchObject({ samplingRate: 0.5 });
    const loads = metrics.getSingleMetric('jaeger_sampling_strategies_loads_total');
    expect((await loads?.get())?.values).toEqual([
      expect.objectContaining({ labels: { result: 'ok' }, value: 1 }),
      expect.objectContaining({ labels: { result: 'err' }, value: 1 }),
    ]);
    answers().reply(200, GOOD.replace('0.5', '0.25'));
    await reload();
    expect(await provider.strategyOf('shop')).toMatchObject({ samplingRate: 0.25 });
    await provider.stop();
  });
});
