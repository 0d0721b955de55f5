/*
 * How fast does the memory storage take a million spans, and how fast does it find in them?
 * Run: node bench/memory-storage.ts [spans]
 */
import { Registry } from 'prom-client';
import type { TraceQuery } from '../src/model/trace-query.ts';
import type { Span } from '../src/model/span.ts';
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts';
import type { SpanBatch } from '../src/wire/span-batch.ts';
import { TEST_TIME_NANO, aBatch, aResource, aScope, aSpan } from '../test/harness/a-span.ts';
import { NEVER_ABORTED, aQuery } from '../test/harness/read-traces.ts';

const SPANS = Number(process.argv[2] ?? 1_000_000);
const SPANS_A_BATCH = 512;
const SPANS_A_TRACE = 12;
const BATCHES_PREPARED = 200;
const SERVICES = 20;

const services = Array.from({ length: SERVICES }, (_, number) =>
  aResource(`service-${number}`, {
    'host.name': `host-${number}`,
    'deployment.environment': 'prod',
  }),
);
const scope = aScope({ name: 'io.opentelemetry.http', version: '1.2.3' });

/** About 500 bytes of OTLP, as a web server's span has. */
function webSpan(index: number): Span {
  const trace = Math.floor(index / SPANS_A_TRACE);
  const position = index % SPANS_A_TRACE;
  const id = (index + 1).toString(16).padStart(16, '0');
  return aSpan({
    traceId: (trace * 2_654_435_761).toString(16).padStart(32, '0'),
    spanId: id,
    parentSpanId: position === 0 ? '' : (index - position + 1).toString(16).padStart(16, '0'),
    name: `GET /api/v1/resource-${index % 40}`,
    kind: position % 2 === 0 ? 'server' : 'client',
    resource: services[(trace + position) % SERVICES] ?? aResource('none'),
    scope,
    startTimeUnixNano: TEST_TIME_NANO + BigInt(trace) * 1_000_000n + BigInt(position) * 1_000n,
    durationNano: BigInt((index * 7919) % 200_000_000),
    attributes: {
      'http.request.method': 'GET',
      'url.path': `/api/v1/customers/${index % 10_000}/orders`,
      'http.route': '/api/v1/customers/{id}/orders',
      'http.response.status_code': index % 97 === 0 ? 500n : 200n,
      'client.address': `10.0.${index % 256}.${(index * 31) % 256}`,
      'customer.id': `customer-${(index * 17) % 50_000}`,
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0',
      'thread.id': BigInt(index % 64),
      'network.protocol.version': '1.1',
    },
  });
}

function batchFrom(first: number): SpanBatch {
  const count = Math.min(SPANS_A_BATCH, SPANS - first);
  return aBatch(Array.from({ length: count }, (_, index) => webSpan(first + index)));
}

const queries: Record<string, Partial<TraceQuery>> = {
  'by service': { serviceName: 'service-3' },
  '+ operation': { serviceName: 'service-7', operationName: 'GET /api/v1/resource-7' },
  '+ duration': { serviceName: 'service-3', durationMinNano: 150e6 },
  '+ common tag': tag('service-3', 'http.response.status_code', '500'),
  '+ rare tag': tag(undefined, 'customer.id', 'customer-1'),
  'text without a hit': tag(undefined, 'customer.id', 'no such customer'),
  'number without a hit': tag(undefined, 'http.response.status_code', '999'),
  'key without a hit': tag(undefined, 'no.such.key', 'x'),
  'limit 1500': { serviceName: 'service-3', limit: 1500 },
};

function tag(serviceName: string | undefined, key: string, value: string): Partial<TraceQuery> {
  const attributes = [{ key, value }];
  return serviceName === undefined ? { attributes } : { serviceName, attributes };
}

/** The median of some runs, in milliseconds. */
async function median(runs: number, run: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let count = 0; count < runs; count++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return (times[Math.floor(runs / 2)] ?? NaN).toFixed(2);
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) if (item === undefined) return;
}

const metrics = new Registry();
const storage = createMemoryStorage({ maxTraces: 10_000_000, maxBytes: 4 * 2 ** 30, metrics });
const { reader } = storage;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

let writeMs = 0;
for (let first = 0; first < SPANS; first += BATCHES_PREPARED * SPANS_A_BATCH) {
  const batches: SpanBatch[] = [];
  const end = Math.min(SPANS, first + BATCHES_PREPARED * SPANS_A_BATCH);
  for (let at = first; at < end; at += SPANS_A_BATCH) batches.push(batchFrom(at));
  const start = performance.now();
  for (const batch of batches) await storage.writer.write(batch, NEVER_ABORTED);
  writeMs += performance.now() - start;
}
const held = (await metrics.getSingleMetric('jaeger_storage_memory_bytes')?.get())?.values[0]
  ?.value;
say(
  `write: ${Math.round(SPANS / writeMs)}k spans/s, ${Math.round((held ?? 0) / SPANS)} B/span held`,
);
for (const [name, overrides] of Object.entries(queries)) {
  const query = aQuery(overrides);
  const full = await median(9, () => drain(reader.findTraces('', query, NEVER_ABORTED)));
  const summaries = await median(9, () => drain(reader.findSummaries('', query, NEVER_ABORTED)));
  say(`find ${name}: ${full} ms, summaries ${summaries} ms`);
}
const known = webSpan(SPANS >>> 1).traceId;
say(`get: ${await median(99, () => drain(reader.getTraces('', [known], {}, NEVER_ABORTED)))} ms`);
say(`dependencies: ${await median(3, () => storage.dependencies.links('', 0, 8e15))} ms`);
await storage.close();
