import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { zipkinV2JsonToOtlp } from '../../../src/wire/zipkin/v2-json-to-otlp.ts';
import { aPlainSpan, decoded } from './decoded.ts';
import type { PlainSpan } from './decoded.ts';

const IDS = { traceId: '5af7183fb1d4cf5f', id: '352bff9a74ca9ad2' };
const IDS_DECODED = { traceId: '00000000000000005af7183fb1d4cf5f', spanId: '352bff9a74ca9ad2' };

function convert(json: unknown): readonly PlainSpan[] {
  return decoded(zipkinV2JsonToOtlp(Buffer.from(JSON.stringify(json))));
}

function convertOne(fields: object): PlainSpan {
  const [span] = convert([{ ...IDS, ...fields }]);
  if (span === undefined) throw new Error('no span');
  return span;
}

describe('zipkinV2JsonToOtlp', () => {
  it('maps every field of a client span', () => {
    const span = {
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      parentId: '6b221d5bc9e6496c',
      id: '5B4185666D50F68B',
      kind: 'CLIENT',
      name: 'get /api',
      timestamp: 1556604172355737,
      duration: 1431,
      localEndpoint: { serviceName: 'backend', ipv4: '192.168.99.1', port: 3306 },
      remoteEndpoint: {
        serviceName: 'mysql',
        ipv4: '172.19.0.2',
        ipv6: '2001:db8::c001',
        port: 58648,
      },
      annotations: [{ timestamp: 1556604172355800, value: 'wire send' }],
      tags: {
        'http.method': 'GET',
        'http.status_code': '200',

        ['__proto__']: 'x',
      },
      debug: true,
      shared: true,
    };
    expect(convert([span])).toStrictEqual([
      aPlainSpan({
        service: 'backend',
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        parentSpanId: '6b221d5bc9e6496c',
        spanId: '5b4185666d50f68b',
        kind: 'client',
        name: 'get /api',
        startNano: 1556604172355737000n,
        durationNano: 1431000n,
        flags: 2,
        events: [[1556604172355800000n, 'wire send']],
        attributes: [
          ['http.method', 'GET'],
          ['http.status_code', '200'],
          ['__proto__', 'x'],
          ['network.local.address', '192.168.99.1'],
          ['net.host.port', 3306n],
          ['service.peer.name', 'mysql'],
          ['peer.service', 'mysql'],
          ['network.peer.address', '2001:db8::c001'],
          ['net.peer.port', 58648n],
        ],
      }),
    ]);
  });

  it.each([
    ['CLIENT', 'client'],
    ['SERVER', 'server'],
    ['PRODUCER', 'producer'],
    ['CONSUMER', 'consumer'],
    ['SOMETHING', 'unspecified'],
    [null, 'unspecified'],
  ])('takes kind %s as %s', (kind, expected) => {
    expect(convertOne({ kind }).kind).toBe(expected);
  });

  it('keeps both halves of a call that share an id', () => {
    const halves = convert([
      { ...IDS, kind: 'CLIENT', localEndpoint: { serviceName: 'a' } },
      { ...IDS, kind: 'SERVER', localEndpoint: { serviceName: 'b' }, shared: true },
    ]);
    expect(halves.map(({ service, spanId, kind }) => [service, spanId, kind])).toStrictEqual([
      ['a', IDS.id, 'client'],
      ['b', IDS.id, 'server'],
    ]);
  });

  it('gathers spans by service and scope, keeping their order within each', () => {
    const services = ['a', 'b', 'a', 'a', undefined, 'b', 'c'];
    const spans = services.map((serviceName, index) => ({
      ...IDS,
      name: String(index),
      localEndpoint: { serviceName },
      tags: index === 3 ? { 'otel.library.name': 'lib', 'otel.scope.version': '2' } : {},
    }));
    expect(
      convert(spans).map(({ service, scope, name }) => `${service} ${scope} ${name}`),
    ).toStrictEqual(['a @ 0', 'a @ 2', 'b @ 1', 'b @ 5', 'a lib@2 3', ' @ 4', 'c @ 6']);
  });

  it.each([
    [{ error: 'true' }, 'error', []],
    [{ error: '' }, 'error', []],
    [{ error: 'timeout' }, 'error', [['error', 'timeout']]],
    [{ error: 'false' }, 'unset', [['error', 'false']]],
    [{ error: 'True' }, 'error', []],
    [{ error: 'False' }, 'unset', [['error', 'False']]],
    [{ 'otel.status_code': 'ERROR', 'otel.status_description': 'bad' }, 'error bad', []],
    [{ 'otel.status_code': 'STATUS_CODE_OK' }, 'ok', []],
    [{ 'otel.status_code': 'maybe' }, 'unset', [['otel.status_code', 'maybe']]],
    [{ 'otel.status_description': 'x' }, 'unset', [['otel.status_description', 'x']]],
  ])('reads the status out of tags %j', (tags, status, attributes) => {
    const span = convertOne({ tags });
    expect(span.status).toBe(status);
    expect(span.attributes).toStrictEqual(attributes);
  });

  it('reads internal kind and trace state out of tags', () => {
    const span = convertOne({ tags: { 'span.kind': 'internal', 'w3c.tracestate': 'a=1' } });
    expect([span.kind, span.traceState, span.attributes]).toStrictEqual(['internal', 'a=1', []]);
  });

  it('keeps tags of every length, also where lengths take a byte more', () => {
    for (let size = 100; size < 140; size += 1) {
      const tags = { key: 'v'.repeat(size), ['k'.repeat(size)]: '', last: '"ü' };
      expect(convertOne({ tags }).attributes).toStrictEqual(Object.entries(tags));
    }
  });

  it('reads an endpoint that comes again, and one that begins as the one before', () => {
    const endpoints = [
      { serviceName: 'a', ipv4: '10.0.0.1' },
      { serviceName: 'a', ipv4: '10.0.0.1' },
      { serviceName: 'a', ipv4: '10.0.0.1', port: 1 },
      { serviceName: 'a' },
    ];
    const spans = endpoints.map((localEndpoint) => ({ ...IDS, localEndpoint }));
    expect(convert(spans).map(({ service, attributes }) => [service, attributes])).toStrictEqual([
      ['a', [['network.local.address', '10.0.0.1']]],
      ['a', [['network.local.address', '10.0.0.1']]],
      [
        'a',
        [
          ['network.local.address', '10.0.0.1'],
          ['net.host.port', 1n],
        ],
      ],
      ['a', []],
    ]);
  });

  it('returns bytes of their own when memory is used again', () => {
    const scratch = new ProtobufWriter();
    const bytesOf = (name: string): Uint8Array =>
      zipkinV2JsonToOtlp(Buffer.from(JSON.stringify([{ ...IDS, name }])), scratch);
    const first = bytesOf('first');
    bytesOf('other');
    expect(decoded(first).map(({ name }) => name)).toStrictEqual(['first']);
  });

  it.each([
    ['1', '00000000000000000000000000000001'],
    ['ABC', '00000000000000000000000000000abc'],
    ['10000000000000000', '00000000000000010000000000000000'],
    ['463ac35c9f6413ad48485a3953bb6124', '463ac35c9f6413ad48485a3953bb6124'],
  ])('reads trace id %s', (traceId, expected) => {
    expect(convertOne({ traceId }).traceId).toBe(expected);
  });

  it.each(['g', '463ac35c9f6413ad48485a3953bb61240', '0x1', ' 1', 'é'])(
    'refuses trace id %j',
    (traceId) => {
      expect(() => convertOne({ traceId })).toThrow(/^json: an id of 1 to 32 hex digits/);
    },
  );

  it.each([
    ['a timestamp', { timestamp: -1 }],
    ['a timestamp beside later annotations', { timestamp: -1, annotations: [{ timestamp: 5 }] }],
    ['a first annotation', { annotations: [{ timestamp: -1, value: 'a' }] }],
  ])('keeps %s before 1970 for a start of then', (_what, times) => {
    expect(BigInt.asIntN(64, convertOne(times).startNano)).toBeLessThan(0n);
  });

  it('drops a parent id of zero and says so, and one that is the span itself', () => {
    const zero = convertOne({ parentId: '0000000000000000' });
    expect(zero.parentSpanId).toBe('');
    expect(zero.attributes).toStrictEqual([['errZeroParentID', '0']]);
    expect(convertOne({ parentId: IDS.id }).parentSpanId).toBe('');
  });

  it('finds times that are not said', () => {
    const annotations = [
      { timestamp: 30, value: 'b' },
      { timestamp: 10, value: 'a' },
    ];
    const found = convertOne({ annotations });
    expect([found.startNano, found.durationNano]).toStrictEqual([10_000n, 20_000n]);
    const none = convertOne({});
    expect([none.startNano, none.durationNano]).toStrictEqual([0n, 1000n]);
    const negative = convertOne({ timestamp: 5, duration: -7 });
    expect([negative.startNano, negative.durationNano]).toStrictEqual([5000n, 1000n]);
    expect(negative.attributes).toStrictEqual([['errNegativeDuration', '-7']]);
  });

  it.each([
    ['1e300', 18_446_744_073_709_548_000n],
    ['1e999', 18_446_744_073_709_548_000n],
    ['"1556604172355737"', 1_556_604_172_355_737_000n],
    ['1556604172355737.5', 1_556_604_172_355_737_000n],
    ['99999999999999999999999999999999', 18_446_744_073_709_548_000n],
    ['null', 0n],
  ])('takes the timestamp %s', (timestamp, expected) => {
    const json = `[{"traceId":"1","id":"2","timestamp":${timestamp},"duration":0}]`;
    const [span] = decoded(zipkinV2JsonToOtlp(Buffer.from(json)));
    expect(span?.startNano).toBe(expected);
  });

  it('takes what clients write in place of a string as text, and null as absent', () => {
    const span = convertOne({
      name: null,
      parentId: null,
      annotations: null,
      localEndpoint: null,
      tags: { n: 1.5, t: true, f: false, gone: null },
    });
    expect(span).toStrictEqual(
      aPlainSpan({
        ...IDS_DECODED,
        attributes: [
          ['n', '1.5'],
          ['t', 'true'],
          ['f', 'false'],
        ],
      }),
    );
  });

  it('takes an empty list, and null among spans', () => {
    expect(convert([])).toStrictEqual([]);
    expect(convert([null, { ...IDS }])).toHaveLength(1);
  });

  it('keeps a tag twice that comes twice, and the last of a field', () => {
    const json = '[{"traceId":"1","traceId":"2","id":"3","tags":{"a":"1","a":"2"}}]';
    const [span] = decoded(zipkinV2JsonToOtlp(Buffer.from(json)));
    expect(span?.traceId).toBe('00000000000000000000000000000002');
    expect(span?.attributes).toStrictEqual([
      ['a', '1'],
      ['a', '2'],
    ]);
  });

  it.each([
    '{}',
    '',
    'null',
    '[1]',
    '[{"tags":[]}]',
    '[{"tags":{"a":{}}}]',
    '[{"name":1}]',
    '[{}]x',
  ])('refuses %s', (json) => {
    expect(() => zipkinV2JsonToOtlp(Buffer.from(json))).toThrow(WireError);
  });

  it('agrees with a mapping of what JSON.parse makes, on any spans', () => {
    fc.assert(
      fc.property(fc.array(arbitrarySpan, { maxLength: 6 }), fc.nat(2), (spans, indent) => {
        const json = JSON.stringify(spans, undefined, indent);
        const got = decoded(zipkinV2JsonToOtlp(Buffer.from(json)));
        expect(sorted(got)).toStrictEqual(sorted(spans.map(reference)));
      }),
      { numRuns: 1000 },
    );
  });

  it('answers any damaged input with spans or a WireError', () => {
    const json = Buffer.from(JSON.stringify(fc.sample(arbitrarySpan, { numRuns: 3, seed: 7 })));
    for (let size = 0; size < json.length; size += 1) {
      expect(() => zipkinV2JsonToOtlp(json.subarray(0, size))).toThrow(WireError);
    }
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, bytes) => {
        const damaged = Buffer.from(json);
        damaged.set(bytes, at % (json.length - bytes.length));
        try {
          decoded(zipkinV2JsonToOtlp(damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

interface Endpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly port?: number;
}

interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';
  readonly timestamp?: number;
  readonly duration?: number;
  readonly localEndpoint?: Endpoint;
  readonly remoteEndpoint?: Endpoint;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly debug?: boolean;
}

const text = fc.string({ unit: 'binary', maxLength: 40 });
const id = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .filter((digits) => !/^0+$/.test(digits));
const arbitraryEndpoint = fc.record(
  {
    serviceName: fc.constantFrom('a', 'b', '', 'ü'),
    ipv4: fc.constantFrom('10.0.0.1', ''),
    port: fc.nat(70_000),
  },
  { requiredKeys: [] },
);
const arbitrarySpan: fc.Arbitrary<ZipkinSpan> = fc.record(
  {
    traceId: id,
    id,
    parentId: id,
    name: text,
    kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    timestamp: fc.integer({ min: 1, max: 2 ** 52 }),
    duration: fc.integer({ min: -10, max: 2 ** 40 }),
    localEndpoint: arbitraryEndpoint,
    remoteEndpoint: arbitraryEndpoint,
    annotations: fc.array(fc.record({ timestamp: fc.nat(2 ** 31), value: text }), { maxLength: 3 }),
    tags: fc.dictionary(text, text, { maxKeys: 5 }),
    debug: fc.boolean(),
  },
  { requiredKeys: ['traceId', 'id'] },
);

/** The mapping once more, written for values instead of bytes. */
function reference(span: ZipkinSpan): PlainSpan {
  const attributes: [string, unknown][] = Object.entries(span.tags ?? {});
  const annotations = span.annotations ?? [];
  const times = annotations.map(({ timestamp }) => timestamp);
  const start = BigInt(span.timestamp ?? (times.length > 0 ? Math.min(...times) : 0));
  let duration = BigInt(span.duration ?? Math.max(1, Math.max(...times) - Math.min(...times)));
  if (duration < 0n) {
    attributes.push(['errNegativeDuration', String(duration)]);
    duration = 1n;
  }
  const { localEndpoint: local = {}, remoteEndpoint: remote = {} } = span;
  const add = (key: string, value: string | number | undefined): void => {
    if (value === undefined || value === '' || value === 0) return;
    if (typeof value === 'string') attributes.push([key, value]);
    else if (value < 65_536) attributes.push([key, BigInt(value)]);
  };
  add('network.local.address', local.ipv4);
  add('net.host.port', local.port);
  add('service.peer.name', remote.serviceName);
  add('peer.service', remote.serviceName);
  add('network.peer.address', remote.ipv4);
  add('net.peer.port', remote.port);
  return aPlainSpan({
    service: local.serviceName ?? '',
    traceId: span.traceId.padStart(32, '0'),
    spanId: span.id,
    parentSpanId: span.parentId === span.id ? '' : (span.parentId ?? ''),
    name: span.name ?? '',
    kind: (span.kind ?? 'unspecified').toLowerCase(),
    startNano: start * 1000n,
    durationNano: duration * 1000n,
    flags: span.debug === true ? 2 : 0,
    events: annotations.map(({ timestamp, value }) => [BigInt(timestamp) * 1000n, value]),
    attributes,
  });
}

/** Grouping by service changes the order of spans: by service of first appearance, then as sent. */
function sorted(spans: readonly PlainSpan[]): readonly PlainSpan[] {
  const services = [...new Set(spans.map(({ service }) => service))];
  return services.flatMap((name) => spans.filter(({ service }) => service === name));
}
