import type { Span } from '../../../src/model/span.ts';
import {
  TEST_TIME_NANO,
  aResource,
  aScope,
  aSpan,
  spanId,
  toAttributes,
  traceId,
} from '../../harness/a-span.ts';

/** A trace with a value of every kind, an id of 64 bits. */
export const ODD = traceId(0x0dd);
/** An id of 128 bits; its two spans share theirs, as Zipkin's do. */
export const WIDE = 'ab'.repeat(16);
/** One span that was delivered twice. */
export const TWICE = traceId(0xd0b);
/** Attributes in no order. */
export const UNSORTED = traceId(0xace);
export const UNSORTED_TOO = traceId(0xacd);
/** The same, with a span that tells what its resource ought to. */
export const MISPLACED = traceId(0xacf);
/** A child on another host, an hour off. */
export const SKEWED = traceId(0x5e7);

const MS = 1_000_000n;
const HOUR = 3_600_000n * MS;
const WIDE_SPAN = 'ffeeddccbbaa9988';
const IP_AS_NUMBER = 0x01020304n;
const DEEP = aResource('odd <svc>&', { 'host.name': 'h', n: 5n, zone: 'z' });

const VALUES = aSpan({
  traceId: ODD,
  name: 'GET <b>&"é\u2028"',
  kind: 'internal',
  resource: DEEP,
  durationNano: 10n * MS,
  scope: aScope({ name: 'lib', version: '1.2', attributes: toAttributes({ of: 'scope' }) }),
  traceState: 'a=b',
  attributes: {
    ...{ z: 'x', a: true, int: -7n, largest: 2n ** 63n - 1n, unsafe: 2n ** 53n, empty: '' },
    ...{ half: 1.5, huge: 1e21, tiny: 1e-7, whole: 100, raw: new Uint8Array([0, 255]) },
    ...{ ip: IP_AS_NUMBER, 'peer.ipv4': IP_AS_NUMBER },
    list: {
      type: 'array',
      values: [
        { type: 'int', value: 1n },
        { type: 'string', value: 'a"' },
        { type: 'double', value: 0.5 },
        { type: 'array', values: [] },
      ],
    },
    map: { type: 'map', entries: [{ key: 'k', value: { type: 'bool', value: false } }] },
  },
});

const REFERRING = aSpan({
  traceId: ODD,
  spanId: spanId(2),
  parentSpanId: spanId(1),
  name: 'child',
  kind: 'producer',
  resource: DEEP,
  startTimeUnixNano: TEST_TIME_NANO + 1_234_567n,
  durationNano: 1_999n,
  status: { code: 'ok', message: '' },
  events: [
    {
      timeUnixNano: TEST_TIME_NANO + 2n * MS,
      name: 'alpha',
      attributes: toAttributes({ b: 1n, a: 'x' }),
      droppedAttributesCount: 0,
    },
    {
      timeUnixNano: TEST_TIME_NANO + 3n * MS + 123n,
      name: 'zed',
      attributes: [],
      droppedAttributesCount: 0,
    },
  ],
  links: ['', 'child_of'].map((type, index) => ({
    ...{ traceId: WIDE, spanId: spanId(index + 8), traceState: '', flags: 0 },
    attributes: type === '' ? [] : toAttributes({ 'opentracing.ref_type': type }),
    droppedAttributesCount: 0,
  })),
});

const DELIVERED = aSpan({ traceId: TWICE, name: 'again', serviceName: 'twice' });

const MIXED = [UNSORTED, UNSORTED_TOO, MISPLACED].map((id) =>
  aSpan({
    traceId: id,
    name: 'mixed',
    resource: aResource('mixed', { zone: 'z', 'host.name': 'h', n: 5n, app: 'a' }),
    scope: aScope({ name: 'lib', attributes: toAttributes({ z: 'scope', a: 'scope' }) }),
    attributes:
      id === MISPLACED ? { z: 1n, 'telemetry.sdk.name': 'otel', a: 'x' } : { z: 1n, a: 'x' },
    events: [
      {
        ...{ timeUnixNano: TEST_TIME_NANO, name: 'zed', droppedAttributesCount: 0 },
        attributes: toAttributes({ y: 1n, b: 'x' }),
      },
    ],
  }),
);

/** What is rare and yet legal, so that answers show how it is told. */
export const ODD_SPANS: readonly Span[] = [
  VALUES,
  REFERRING,
  aSpan({
    traceId: ODD,
    spanId: spanId(3),
    parentSpanId: spanId(77),
    name: 'lost',
    kind: 'consumer',
    serviceName: 'other',
    startTimeUnixNano: TEST_TIME_NANO - MS,
    status: { code: 'error', message: 'why' },
  }),
  aSpan({ traceId: WIDE, spanId: WIDE_SPAN, name: 'ask', kind: 'client', serviceName: 'other' }),
  aSpan({
    traceId: WIDE,
    spanId: WIDE_SPAN,
    parentSpanId: WIDE_SPAN,
    name: 'answer',
    serviceName: 'third',
    startTimeUnixNano: TEST_TIME_NANO + MS / 10n,
    durationNano: MS / 10n,
  }),
  DELIVERED,
  DELIVERED,
  ...MIXED,
  aSpan({ traceId: SKEWED, name: 'call', kind: 'client', serviceName: 'caller' }),
  aSpan({
    traceId: SKEWED,
    spanId: spanId(6),
    parentSpanId: spanId(1),
    name: 'skewed',
    resource: aResource('called', { 'host.name': 'b' }),
    startTimeUnixNano: TEST_TIME_NANO + HOUR,
    durationNano: MS / 2n,
  }),
];
