import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Attribute, AttributeValue, Resource, Scope, Span } from '../src/model/span.ts';
import { encodeSpans } from '../src/wire/otlp/encode-trace.ts';

/*
 * Data set D: 20 services with 15 operations each, traces of 4 to 20 spans, one resource of 7
 * attributes a request, 10 attributes a span, 2 events on a tenth of the spans, 512 spans a request.
 * The same bytes every time.
 */
const SPANS_PER_REQUEST = 512;
const OPERATIONS_PER_SERVICE = 15;
/** Part of the file name: change it when the data changes. */
const VERSION = 1;

const SERVICE_NAMES = (
  'frontend checkout cart payment shipping email currency ads recommendation catalog ' +
  'auth user inventory pricing search review fraud ledger notify image'
).split(' ');
const METHODS = ['GET', 'POST', 'PUT'];
const RESOURCES = ['orders', 'items', 'users', 'carts', 'quotes'];
const STATUS_CODES = [200, 200, 200, 200, 200, 200, 201, 204, 404, 500];

interface Service {
  readonly name: string;
  readonly host: string;
  readonly operations: readonly string[];
  readonly waiting: Span[];
}

/** A stored data set: requests in a file, each after its length as four little-endian bytes. */
export interface DataSet {
  readonly path: string;
  readonly spans: number;
}

/** Makes the data set unless the cache has it. */
export async function ensureDataSetD(spans: number, cacheFolder: string): Promise<DataSet> {
  const path = `${cacheFolder}/d-${spans}-v${VERSION}.bin`;
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) {
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.part`;
    const file = createWriteStream(unfinished);
    for (const request of dataSetD(spans)) {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(request.length);
      file.write(length);
      if (!file.write(request)) await new Promise((resolve) => file.once('drain', resolve));
    }
    file.end();
    await finished(file);
    await rename(unfinished, path);
  }
  return { path, spans };
}

/** The requests of a stored data set. */
export async function readRequests(path: string): Promise<readonly Buffer[]> {
  const file = await readFile(path);
  const requests: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32LE(at);
    requests.push(file.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return requests;
}

function* dataSetD(spanCount: number): Generator<Uint8Array> {
  const random = createRandom(20_250_615);
  const services = SERVICE_NAMES.map((name, index): Service => {
    const operations = Array.from({ length: OPERATIONS_PER_SERVICE }, (_, k) => operationName(k));
    return { name: `${name}-service`, host: `ip-10-0-${index}-`, operations, waiting: [] };
  });
  let now = 1_750_000_000_000_000_000n;
  let made = 0;
  while (made < spanCount) {
    const size = Math.min(4 + random(17), spanCount - made);
    now += BigInt(100_000 + random(500_000));
    for (const { service, span } of traceOf(services, { made, size, now }, random)) {
      service.waiting.push(span);
      if (service.waiting.length >= SPANS_PER_REQUEST) yield request(service, random);
    }
    made += size;
  }
  for (const service of services) if (service.waiting.length > 0) yield request(service, random);
}

type Random = (below: number) => number;

/** A linear congruential generator: fast, and the same everywhere. */
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick<T>(from: readonly T[], random: Random): T {
  const item = from[random(from.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function operationName(k: number): string {
  const method = METHODS[k % 3] ?? '';
  const detail = k > 7 ? '/detail' : '';
  return `${method} /api/v${1 + (k % 2)}/${RESOURCES[k % 5] ?? ''}/{id}${detail}`;
}

function hexDigest(text: string, digits: number): string {
  return createHash('md5').update(text).digest('hex').slice(0, digits);
}

const SCOPE: Scope = {
  name: 'io.opentelemetry.http',
  version: '2.5.0',
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: '',
};
const NO_RESOURCE: Resource = {
  serviceName: '',
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: '',
};

function* traceOf(
  services: readonly Service[],
  { made, size, now }: { made: number; size: number; now: bigint },
  random: Random,
): Generator<{ service: Service; span: Span }> {
  const traceId = hexDigest(`t${made}`, 32);
  const ids: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const service = index === 0 ? services[0] : pick(services, random);
    if (service === undefined) throw new Error('no services');
    const spanId = hexDigest(`s${made + index}`, 16);
    const parentSpanId = index === 0 ? '' : pick(ids, random);
    ids.push(spanId);
    const start = now + BigInt(index * 1_500_000 + random(1_000_000));
    const duration = 200_000 + Math.floor(Math.exp(random(10_000) / 1000) * 5000);
    const name = pick(service.operations, random);
    const statusCode = pick(STATUS_CODES, random);
    const failed = statusCode >= 500;
    const span: Span = {
      traceId,
      spanId,
      parentSpanId,
      traceState: '',
      flags: 0,
      name,
      kind: index === 0 || random(2) === 0 ? 'server' : 'client',
      startTimeUnixNano: start,
      endTimeUnixNano: start + BigInt(duration),
      attributes: spanAttributes(service, name, { statusCode, random }),
      droppedAttributesCount: 0,
      events: random(10) === 0 ? spanEvents(start, random) : [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: failed
        ? { code: 'error', message: 'internal error' }
        : { code: 'unset', message: '' },
      resource: NO_RESOURCE,
      scope: SCOPE,
      warnings: [],
    };
    yield { service, span };
  }
}

function attribute(key: string, value: string | number): Attribute {
  const typed: AttributeValue =
    typeof value === 'string' ? { type: 'string', value } : { type: 'int', value: BigInt(value) };
  return { key, value: typed };
}

function spanAttributes(
  service: Service,
  operation: string,
  { statusCode, random }: { statusCode: number; random: Random },
): readonly Attribute[] {
  const agent = random(40);
  return [
    attribute('http.request.method', pick(METHODS, random)),
    attribute('http.route', operation.slice(4)),
    attribute('url.path', `/api/v1/orders/${random(100_000)}`),
    attribute('http.response.status_code', statusCode),
    attribute('server.address', `${service.name}.prod.svc.cluster.local`),
    attribute('server.port', 8080),
    attribute('client.address', `10.${random(4)}.${random(256)}.${random(256)}`),
    attribute(
      'user_agent.original',
      `Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.${agent} Chrome/1${agent}.0 Safari/537.36`,
    ),
    attribute('thread.id', random(200)),
    attribute('customer.id', `cust-${random(50_000)}`),
  ];
}

function spanEvents(start: bigint, random: Random): Span['events'] {
  return ['db.query', 'cache.miss'].map((name) => ({
    timeUnixNano: start + BigInt(random(1_000_000)),
    name,
    attributes: [
      attribute('db.statement', 'SELECT * FROM orders WHERE id = ?'),
      attribute('db.rows', random(50)),
    ],
    droppedAttributesCount: 0,
  }));
}

/** Everything that waits, from one pod of the service. */
function request(service: Service, random: Random): Uint8Array {
  const spans = service.waiting.splice(0);
  const pod = random(8);
  const resource: Resource = {
    ...NO_RESOURCE,
    serviceName: service.name,
    attributes: [
      attribute('service.name', service.name),
      attribute('service.version', `1.14.${spans.length % 3}`),
      attribute('host.name', `${service.host}${pod}`),
      attribute('k8s.pod.name', `${service.name}-6f7d9c${pod}`),
      attribute('telemetry.sdk.language', 'java'),
      attribute('telemetry.sdk.version', '1.43.0'),
      attribute('process.pid', 1000 + pod),
    ],
  };
  return encodeSpans(spans.map((span) => ({ ...span, resource })));
}
