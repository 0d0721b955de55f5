import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allInOneRole } from '../../../src/all-in-one/role.ts';
import { TEST_TIME_NANO, traceId } from '../../harness/a-span.ts';
import { startJaeger, startRemoteStorage } from '../../testbed/jaeger-process.ts';
import type { JaegerProcess } from '../../testbed/jaeger-process.ts';
import { hasJaeger } from '../../testbed/jaeger-programs.ts';
import { queryApi } from './query-api.ts';
import type { QueryApi } from './query-api.ts';
import { FAILED, PAID, SHOP_SPANS, sendOtlp } from './shop-traces.ts';
import { startOnFreePorts } from './start-on-free-ports.ts';

const BUILD_TIMEOUT_MS = 45 * 60_000;

/** Jaeger v2 that serves its memory storage. */
function startJaegerAsStorage(): Promise<JaegerProcess> {
  return startJaeger(['grpc', 'otlp http'], (addressOf) => ({
    service: {
      extensions: ['jaeger_storage', 'remote_storage'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_storage: { backends: { held: { memory: { max_traces: 1000 } } } },
      remote_storage: { endpoint: addressOf('grpc'), storage: 'held' },
    },
    receivers: { otlp: { protocols: { http: { endpoint: addressOf('otlp http') } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'held' } },
  }));
}

const SERVERS = [
  { name: 'the remote_storage of Jaeger v2', start: startJaegerAsStorage, knowsKinds: false },
  { name: 'the storage server of Jaeger v1', start: startRemoteStorage, knowsKinds: true },
];

describe.runIf(await hasJaeger()).each(SERVERS)(
  'an all-in-one over $name',
  ({ start, knowsKinds }) => {
    const started = new AsyncDisposableStack();
    let api: QueryApi;

    beforeAll(async () => {
      const jaeger = started.use(await start());
      const allInOne = await startOnFreePorts(allInOneRole, {
        'span-storage.type': 'grpc',
        'grpc-storage.server': `127.0.0.1:${jaeger.ports['grpc'] ?? 0}`,
      });
      started.use(allInOne);
      await sendOtlp(allInOne.portOf('otlp http'), SHOP_SPANS);
      api = queryApi(allInOne.portOf('ui'));
    }, BUILD_TIMEOUT_MS);

    afterAll(() => started.disposeAsync());

    it('lists services and operations', async () => {
      expect(await api.services()).toEqual(['frontend', 'payment']);
      expect(await api.operations('frontend')).toEqual([
        'GET /cart (server)',
        'POST /checkout (server)',
        'charge (client)',
      ]);
    });

    it.each([
      ['a service', { service: 'frontend' }, [PAID, FAILED]],
      ['an operation', { service: 'frontend', operation: 'GET /cart' }, [PAID]],
      ['a text', { service: 'frontend', tags: '{"customer.id":"c-17"}' }, [FAILED]],
      ['a number', { service: 'frontend', tags: '{"http.response.status_code":"200"}' }, [PAID]],
      ['an error', { service: 'frontend', tags: '{"error":"true"}' }, [FAILED]],
      // As its own query: the memory storage of v2 has no tag of that name.
      [
        'a kind',
        { service: 'frontend', tags: '{"span.kind":"client"}' },
        knowsKinds ? [FAILED] : [],
      ],
      ['a minimum of duration', { service: 'frontend', minDuration: '200ms' }, [FAILED]],
      ['a maximum of duration', { service: 'frontend', maxDuration: '10ms' }, [PAID]],
      ['what no span has', { service: 'payment', tags: '{"customer.id":"c-17"}' }, []],
    ])('finds traces by %s', async (_, conditions, ids) => {
      expect(await api.find(conditions)).toEqual(ids);
    });

    it('shows whole traces, and nothing of one that is not there', async () => {
      const shown = await api.trace(FAILED);
      expect(shown).toHaveLength(3);
      expect(shown[1]).toMatch(/^frontend charge 0000000000000002 .*\| after CHILD_OF 0+1 \|/);
      expect(await api.trace(traceId(404))).toEqual([]);
    });

    it('counts calls between services', async () => {
      expect(await api.dependencies()).toContain('frontend > payment: 1');
    });

    it('sums up what it finds, which Jaeger’s server of this release does not', async () => {
      const at = (seconds: number): string =>
        new Date(Number(TEST_TIME_NANO / 1_000_000n) + seconds * 1000).toISOString();
      const query = new URLSearchParams({
        'query.serviceName': 'payment',
        'query.startTimeMin': at(-60),
        'query.startTimeMax': at(60),
      });
      expect(await api.get(`/api/v3/trace-summaries?${query.toString()}`)).toMatchObject({
        summaries: [
          {
            traceId: FAILED,
            rootServiceName: 'frontend',
            rootOperationName: 'POST /checkout',
            spanCount: 3,
            errorSpanCount: 2,
          },
        ],
      });
    });
  },
);
