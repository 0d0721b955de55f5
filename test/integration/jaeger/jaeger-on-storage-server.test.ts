import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRole } from '../../../src/query/role.ts';
import { storageServerRole } from '../../../src/storage-server/role.ts';
import { traceId } from '../../harness/a-span.ts';
import { hasJaeger } from '../../testbed/jaeger-programs.ts';
import { queryApi } from './query-api.ts';
import type { QueryApi } from './query-api.ts';
import { FAILED, PAID, SHOP_SPANS, sendOtlp } from './shop-traces.ts';
import { startJaegerOn } from './start-jaeger-on.ts';
import { startOnFreePorts } from './start-on-free-ports.ts';
import type { StartedRole } from './start-on-free-ports.ts';

const BUILD_TIMEOUT_MS = 45 * 60_000;

function backendOf(server: StartedRole): object {
  const endpoint = `127.0.0.1:${server.portOf('storage grpc')}`;
  return { grpc: { endpoint, tls: { insecure: true } } };
}

describe.runIf(await hasJaeger())('a storage server under Jaeger', () => {
  const started = new AsyncDisposableStack();
  let api: Readonly<Record<'Jaeger' | 'ours' | 'archive', QueryApi>>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-server-'));
    started.defer(() => rm(folder, { recursive: true }));
    const server = async (name: string): Promise<StartedRole> =>
      started.use(
        await startOnFreePorts(storageServerRole, {
          'span-storage.type': 'embedded',
          'embedded.directory': join(folder, name),
        }),
      );
    const [traces, archive] = [await server('traces'), await server('archive')];
    const queryOf = async (storage: StartedRole): Promise<QueryApi> => {
      const query = await startOnFreePorts(queryRole, {
        'span-storage.type': 'grpc',
        'grpc-storage.server': `127.0.0.1:${storage.portOf('storage grpc')}`,
      });
      return queryApi(started.use(query).portOf('ui'));
    };
    const jaeger = started.use(
      await startJaegerOn({ traces: backendOf(traces), archive: backendOf(archive) }),
    );
    await sendOtlp(jaeger.ports['otlp http'] ?? 0, SHOP_SPANS);
    api = {
      Jaeger: queryApi(jaeger.ports['ui'] ?? 0),
      ours: await queryOf(traces),
      archive: await queryOf(archive),
    };
  }, BUILD_TIMEOUT_MS);

  afterAll(() => started.disposeAsync());

  describe.each(['Jaeger', 'ours'] as const)('asked through the query of %s', (whose) => {
    it('lists services and operations', async () => {
      expect(await api[whose].services()).toEqual(['frontend', 'payment']);
      expect(await api[whose].operations('frontend')).toEqual([
        'GET /cart (server)',
        'POST /checkout (server)',
        'charge (client)',
      ]);
      expect(await api[whose].operations('nobody')).toEqual([]);
    });

    it.each([
      ['a service', { service: 'frontend' }, [PAID, FAILED]],
      ['another service', { service: 'payment' }, [FAILED]],
      ['an operation', { service: 'frontend', operation: 'GET /cart' }, [PAID]],
      ['a text', { service: 'frontend', tags: '{"customer.id":"c-17"}' }, [FAILED]],
      ['a number', { service: 'frontend', tags: '{"http.response.status_code":"200"}' }, [PAID]],
      ['a double', { service: 'frontend', tags: '{"ratio":"0.25"}' }, [FAILED]],
      ['a boolean', { service: 'frontend', tags: '{"beta":"true"}' }, [FAILED]],
      [
        'an attribute of the resource',
        { service: 'payment', tags: '{"host.name":"pay-1"}' },
        [FAILED],
      ],
      ['an error', { service: 'frontend', tags: '{"error":"true"}' }, [FAILED]],
      ['a kind', { service: 'frontend', tags: '{"span.kind":"client"}' }, [FAILED]],
      ['a minimum of duration', { service: 'frontend', minDuration: '200ms' }, [FAILED]],
      ['a maximum of duration', { service: 'frontend', maxDuration: '10ms' }, [PAID]],
      ['a limit', { service: 'frontend', limit: '1' }, [PAID]],
      ['what no span has', { service: 'payment', tags: '{"customer.id":"c-17"}' }, []],
    ])('finds traces by %s', async (_, conditions, ids) => {
      expect(await api[whose].find(conditions)).toEqual(ids);
    });

    it('counts calls between services', async () => {
      expect(await api[whose].dependencies()).toEqual([
        'frontend > frontend: 1',
        'frontend > payment: 1',
      ]);
    });

    it('shows nothing of a trace that is not there', async () => {
      expect(await api[whose].trace(traceId(404))).toEqual([]);
    });
  });

  it('gives Jaeger and our query the same spans', async () => {
    const shown = await api.Jaeger.trace(FAILED);
    expect(shown).toHaveLength(3);
    expect(shown[2]).toContain('payment charge 0000000000000003');
    // This release says the status of a failed span twice; later ones and ours say it once.
    const saidOnce = shown.map((text) => text.replace('otel.status_code:string=ERROR ', ''));
    expect(saidOnce).toEqual(await api.ours.trace(FAILED));
  });

  it('takes what Jaeger archives', async () => {
    expect(await api.archive.trace(FAILED)).toEqual([]);
    expect(await api.Jaeger.archive(FAILED)).toBe(200);
    expect(await api.archive.trace(FAILED)).toEqual(await api.ours.trace(FAILED));
    expect(await api.archive.trace(PAID)).toEqual([]);
  });

  it('tells our query that it searches without a service', async () => {
    expect(await api.ours.find({})).toEqual([PAID, FAILED]);
  });
});
