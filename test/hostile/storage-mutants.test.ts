import type { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { TraceQuery } from '../../src/model/trace-query.ts';
import {
  decodeCapabilities,
  decodeDependencies,
  decodeOperations,
  decodeServices,
  decodeTraceIds,
  encodeCapabilities,
  encodeDependencies,
  encodeOperations,
  encodeServices,
  encodeTraceIds,
} from '../../src/wire/jaeger-storage/read-answers.ts';
import {
  decodeGetAttributeValues,
  decodeGetDependencies,
  decodeGetOperations,
  decodeGetTraces,
  encodeGetAttributeValues,
  encodeGetDependencies,
  encodeGetOperations,
  encodeGetTraces,
} from '../../src/wire/jaeger-storage/read-requests.ts';
import { splitMatch, withMatch } from '../../src/wire/jaeger-storage/search-extension.ts';
import {
  decodeFindRequest,
  encodeFindRequest,
} from '../../src/wire/jaeger-storage/trace-query-message.ts';
import {
  decodeTraceSummaries,
  encodeTraceSummaries,
} from '../../src/wire/jaeger-storage/trace-summaries-message.ts';
import { spanId, traceId } from '../harness/a-span.ts';
import { NAME_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { aQuery } from '../harness/read-traces.ts';
import { isWireError } from './check-otlp.ts';
import { proveDecoder } from './prove-decoder.ts';

const QUERY: TraceQuery = aQuery({
  serviceName: 'checkout',
  operationName: 'GET /',
  attributes: [{ key: 'http.status_code', value: '500' }],
  startTimeMinNano: 1_700_000_000_000_000_001n,
  startTimeMaxNano: 1_800_000_000_000_000_002n,
  durationMinNano: 1_500_000_000,
});

const EXTENDED: TraceQuery = {
  ...QUERY,
  filters: [{ subject: { place: 'any', key: 'a' }, test: { operator: '=~', value: 'b.*' } }],
  after: { startNano: 1n, traceId: traceId(1) },
};

const SUMMARY = {
  traceId: traceId(1),
  rootServiceName: 'frontend',
  rootOperationName: 'GET /',
  minStartTimeNano: 1n,
  maxEndTimeNano: 2n ** 63n,
  spanCount: 3,
  errorSpanCount: 2,
  orphanSpanCount: 1,
  services: [{ name: 'frontend', spanCount: 3, errorSpanCount: 2 }],
};

const WINDOW = { startNano: 1_700_000_000_000_000_001n, endNano: 1_800_000_000_000_000_002n };

/** Messages of jaeger.storage.v2, and what reads them. */
const CASES = {
  find: [encodeFindRequest(QUERY), decodeFindRequest],
  'find, extended': [encodeFindRequest(EXTENDED, { tellPositions: true }), decodeFindRequest],
  'attribute values': [
    encodeGetAttributeValues({ key: 'http.route', prefix: '/a', limit: 20 }),
    decodeGetAttributeValues,
  ],
  'spans with a match': [withMatch(new Uint8Array(0), 1n), splitMatch],
  'get traces': [encodeGetTraces([{ traceId: traceId(7), window: WINDOW }]), decodeGetTraces],
  'get operations': [
    encodeGetOperations({ service: 'checkout', spanKind: 'server' }),
    decodeGetOperations,
  ],
  'get dependencies': [encodeGetDependencies(WINDOW), decodeGetDependencies],
  services: [encodeServices(['a', 'checkout']), decodeServices],
  operations: [encodeOperations([{ name: 'GET /', spanKind: 'server' }]), decodeOperations],
  'trace ids': [encodeTraceIds([traceId(1), traceId(2)]), decodeTraceIds],
  dependencies: [
    encodeDependencies([{ parent: 'a', child: 'b', callCount: 7 }]),
    decodeDependencies,
  ],
  capabilities: [
    encodeCapabilities({
      ...{ withoutServiceName: true, sameSpanConjunction: true },
      ...{ filters: true, cursor: true, attributes: true, archive: true },
    }),
    decodeCapabilities,
  ],
  summaries: [
    encodeTraceSummaries([SUMMARY, { ...SUMMARY, traceId: spanId(2) }]),
    decodeTraceSummaries,
  ],
} satisfies Record<string, readonly [Uint8Array, (bytes: Uint8Array) => unknown]>;

describe('damaged messages of a remote storage', { timeout: 120_000 }, () => {
  it.each(Object.entries(CASES))('%s: read or refused', (_name, [message, read]) => {
    const decode = (bytes: Buffer): void => {
      requireFinite(read(bytes));
    };
    const tally = proveDecoder({
      seed: 5,
      corpus: [message],
      pieces: [...VARINT_PIECES, ...NAME_PIECES],
      decode,
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(1_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });
});

/** No number a caller would have to doubt. */
function requireFinite(value: unknown): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value < 0) throw new Error(`read a number of ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) requireFinite(part);
  }
}
