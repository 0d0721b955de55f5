import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../src/query/api/endpoints.ts';
import type { Endpoint } from '../../../src/query/api/endpoint.ts';
import { metricsQuery } from '../../../src/query/api/metrics.ts';
import { createSharedSpanFields } from '../../../src/query/api/shared-span-fields.ts';
import { querySettings } from '../../../src/query/config.ts';
import { resolveConfig } from '../../../src/runtime/resolve-config.ts';
import { isJsonObject, jsonFields, jsonObjects } from '../../../src/runtime/json-object.ts';
import { tempoEndpoints } from '../../../src/query/tempo/tempo-endpoints.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import { startTestQuery } from '../start-test-query.ts';
import type { TestQuery } from '../start-test-query.ts';

const storage = createMemoryStorage({ maxTraces: 1, maxBytes: 1000, metrics: new Registry() });
let query: TestQuery;

beforeAll(async () => {
  query = await startTestQuery(storage);
});

afterAll(async () => {
  await query.stop();
});

/** Notes which parameters somebody looks at. */
class WatchedParameters extends URLSearchParams {
  readonly read = new Set<string>();

  override get(name: string): string | null {
    this.read.add(name);
    return super.get(name);
  }

  override getAll(name: string): string[] {
    this.read.add(name);
    return super.getAll(name);
  }

  override has(name: string): boolean {
    this.read.add(name);
    return super.has(name);
  }
}

const CONFIG = resolveConfig(querySettings, {
  ...{ flags: new Map(), env: {}, file: null, fileName: '' },
});

/** Values that are right, so that all parameters are looked at. */
const RIGHT: Readonly<Record<string, string>> = {
  'query.startTimeMin': '2024-01-01T00:00:00Z',
  'query.startTimeMax': '2024-01-02T00:00:00Z',
  startTime: '2024-01-01T00:00:00Z',
  endTime: '2024-01-02T00:00:00Z',
  service: 'a',
  'query.serviceName': 'a',
  quantile: '0.5',
};

async function parametersReadBy(endpoint: Endpoint): Promise<ReadonlySet<string>> {
  const parameters = new WatchedParameters(RIGHT);
  const request = {
    ...{ tenant: '', token: '', accept: '', nowMs: 1e12, parameters },
    signal: new AbortController().signal,
    name: endpoint === metricsQuery ? 'latencies' : '1',
    isUnderWay: () => false,
    begin: () => undefined,
    body: () => Promise.resolve('{"resourceSpans":[]}'),
  };
  const spanFields = createSharedSpanFields();
  const deps = { storage, metricsStore: undefined, limits: CONFIG, spanFields };
  try {
    const answer = endpoint.answer(request, deps);
    if (answer instanceof Promise) await answer;
    else for await (const piece of answer) expect(piece.length).toBeGreaterThan(0);
  } catch (error) {
    // That there is nothing to answer is no matter here.
    expect(error).toHaveProperty('name', 'ApiError');
  }
  return parameters.read;
}

/** Older spellings that stand for these names. */
function withoutAliases(names: Iterable<string>): readonly string[] {
  const aliases = new Set(['query.num_traces', 'filter', 'cursor', 'query.filter', 'query.cursor']);
  return [...names].filter((name) => !name.includes('_') && !aliases.has(name)).sort();
}

const DOCUMENTED = [...ENDPOINTS, ...tempoEndpoints(CONFIG.tempo)].filter(
  ({ doc, family }) => family !== 'tempo' || doc !== undefined,
);

describe('the description of the API', () => {
  it.each(DOCUMENTED.map((one) => [`${one.method} ${one.doc?.path ?? '?'}`, one] as const))(
    'tells %s with just the parameters that it reads',
    async (_name, endpoint) => {
      const { doc } = endpoint;
      if (doc === undefined) throw new Error('it is not described');
      expect(doc.path.replace(/\{[^}]+\}/, 'minstep')).toMatch(endpoint.path);
      const inPath = doc.parameters
        .filter((one) => one.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(doc.path.match(/\{[^}]+\}/g) ?? []).toEqual(inPath);
      if (endpoint.method === 'POST' && endpoint.family === 'v3') return;
      const told = doc.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      const isOwn = (name: string): boolean => name !== 'prettyPrint' && name !== 'download';
      const read = withoutAliases(await parametersReadBy(endpoint)).filter(isOwn);
      expect(read).toEqual(withoutAliases(told).filter(isOwn));
    },
  );

  it('is an OpenAPI document with every endpoint, for programs', async () => {
    const { body, status, type } = await query.ask('/openapi.json');
    expect([status, type]).toEqual([200, 'application/json']);
    const document: unknown = JSON.parse(body);
    if (!isJsonObject(document)) throw new Error('the document is no object');
    expect(document['openapi']).toBe('3.1.1');
    expect(Object.keys(jsonFields(document['info']))).toEqual(['title', 'version']);
    const operations = Object.entries(jsonFields(document['paths'])).flatMap(([path, methods]) =>
      Object.entries(jsonFields(methods)).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation: jsonFields(operation),
      })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(
      DOCUMENTED.map(({ doc, method }) => `${method} ${doc?.path ?? ''}`).sort(),
    );
    const known = jsonFields(jsonFields(document['components'])['responses']);
    for (const { operation } of operations) {
      const names = jsonObjects(operation['parameters']).map(
        (one) => `${String(one['in'])} ${String(one['name'])}`,
      );
      expect(new Set(names).size).toBe(names.length);
      for (const one of jsonObjects(operation['parameters'])) {
        expect(isJsonObject(one['schema'])).toBe(true);
        expect(one['in'] !== 'path' || one['required'] === true).toBe(true);
      }
      const { $ref } = jsonFields(jsonFields(operation['responses'])['default']);
      expect(Object.keys(known)).toContain(String($ref).replace('#/components/responses/', ''));
    }
  });

  it('is a page for people, with nothing from elsewhere and no script', async () => {
    const { body, status, type } = await query.ask('/docs/api');
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { doc } of DOCUMENTED) expect(body).toContain(`${doc?.path ?? '?'}</code></h3>`);
    expect(body).not.toMatch(/<script|<style|style=|https?:/);
    const tables = body.match(/<table>/g) ?? [];
    expect(body.match(/<table><thead><tr><th scope="col">Parameter/g)).toHaveLength(tables.length);
    expect(body.match(/<main>/g)).toHaveLength(1);
    const style = await query.ask('/docs/api.css');
    expect([style.status, style.type]).toEqual([200, 'text/css; charset=utf-8']);
    expect(style.body).toContain('light-dark(');
  });
});
