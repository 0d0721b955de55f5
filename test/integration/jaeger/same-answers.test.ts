import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allInOneRole } from '../../../src/all-in-one/role.ts';
import type { Span } from '../../../src/model/span.ts';
import { TEST_TIME_NANO } from '../../harness/a-span.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { METHODS, connectQuery } from '../../query/grpc/query-client.ts';
import type { QueryClient } from '../../query/grpc/query-client.ts';
import { hasJaeger } from '../../testbed/jaeger-programs.ts';
import { comparable } from './comparable-answer.ts';
import type { Answer } from './comparable-answer.ts';
import {
  MISPLACED,
  ODD,
  ODD_SPANS,
  SKEWED,
  TWICE,
  UNSORTED,
  UNSORTED_TOO,
  WIDE,
} from './odd-traces.ts';
import { SHOP_SPANS, sendOtlp } from './shop-traces.ts';
import { startJaegerOn } from './start-jaeger-on.ts';
import { startOnFreePorts } from './start-on-free-ports.ts';

const BUILD_TIMEOUT_MS = 45 * 60_000;
const START_MICROS = Number(TEST_TIME_NANO / 1000n);
const START_SECONDS = START_MICROS / 1e6;
const DAY = 86_400;

/** A day round the spans, in the units of each API. */
const AROUND = `start=${START_MICROS - DAY * 1e6}&end=${START_MICROS + DAY * 1e6}`;
const V3_AROUND =
  'query.start_time_min=2023-12-31T00:00:00Z&query.start_time_max=2024-01-02T00:00:00Z&query.num_traces=20';
const DEPENDENCIES = `/api/dependencies?endTs=${START_MICROS / 1000 + DAY * 1000}&lookback=${2 * DAY * 1000}`;
const FIND = `/api/traces?service=frontend&${AROUND}`;
const V3_FIND = `/api/v3/traces?${V3_AROUND}`;
const TAGS = encodeURIComponent('{"customer.id":"c-17"}');
const OTLP_JSON = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 't' } }] },
      scopeSpans: [
        {
          spans: [
            {
              ...{ traceId: '000000000000000000000000000000aa', spanId: '00000000000000bb' },
              ...{ name: 'n', kind: 3, attributes: [{ key: 'k', value: { intValue: '5' } }] },
              startTimeUnixNano: '1704067200000000000',
              endTimeUnixNano: '1704067200001000000',
            },
          ],
        },
      ],
    },
  ],
});

/** `GET`, or a method, a path and a body. */
type Request = string | readonly [method: string, path: string, body?: string];

const SAME_BYTES: readonly Request[] = [
  ...['/api/services/nobody/operations'],
  ...['/api/services/a%2Fb/operations', '/api/operations', '/api/operations?service=nobody'],
  ...['/api/operations?service=frontend&spanKind=client', '/api/operations?service=dup'],
  ...['/api/operations?service=frontend&spanKind=weird'],
  ...[`${FIND}&operation=GET%20/cart`, `${FIND}&tag=customer.id`, `${FIND}&tags=x`],
  ...[`${FIND}&tags=%7B%22a%22%3A1%7D`, `${FIND}&minDuration=2s&maxDuration=1s`],
  ...[`${FIND}&minDuration=5`, `${FIND}&limit=x`, `${FIND}&raw=maybe`],
  ...[`/api/traces?service=nobody&${AROUND}`, '/api/traces?service=frontend'],
  ...['/api/traces?service=frontend&start=x', '/api/traces?traceID=beef&traceID=404'],
  ...['/api/traces?traceID=404', '/api/traces?traceID=x!'],
  ...['/api/traces/beef', '/api/traces/000000000000beef', '/api/traces/0', '/api/traces/404'],
  ...[`/api/traces/${'0'.repeat(28)}BEEF`, `/api/traces/${'0'.repeat(33)}beef`, '/api/traces/x!'],
  ...['/api/traces/beef?prettyPrint=true', '/api/traces/beef?prettyPrint=false'],
  ...['/api/traces/beef?prettyPrint=', '/api/traces/beef?start=1&end=2', '/api/traces/beef?end=x'],
  ...['/api/traces/beef?raw=x', '/api/traces/beef?start=x'],
  ...[`/api/traces/${TWICE}`],
  ['POST', '/api/archive/404'],
  ['POST', '/api/archive/x!'],
  ['POST', '/api/archive/beef'],
  ['POST', '/api/archive/beef?start=x'],
  ['POST', '/api/transform', '{}'],
  ['POST', '/api/transform', '{"resourceSpans":[]}'],
  ['POST', '/api/transform', OTLP_JSON],
  ...['/api/dependencies', `${DEPENDENCIES}&service=payment`, `${DEPENDENCIES}&service=nobody`],
  ...['/api/dependencies?endTs=x', '/api/dependencies?lookback=x', '/api/dependencies?lookback=.5'],
  ...['/api/metrics/calls?service=x', '/api/metrics/errors', '/api/metrics/latencies?service=x'],
  ...['/api/metrics/latencies?service=x&quantile=x', '/api/metrics/minstep'],
  ...['/api/metrics/latencies?service=x&quantile=0.5', '/api/metrics/calls?service=x&endTs=x'],
  ...['spanKind=big', 'groupByOperation=x', 'step=x', 'ratePer=x', 'lookback=x'].map(
    (parameter) => `/api/metrics/calls?service=x&${parameter}`,
  ),
  ...[`${V3_FIND}&query.service_name=nobody`, `${V3_FIND}&query.duration_min=5`],
  `${V3_FIND}&query.raw_traces=x`,
  ...[
    `/api/v3/traces?${V3_AROUND.replace('=20', '=x')}`,
    '/api/v3/traces/404',
    '/api/v3/traces/x!',
  ],
  ...['/api/v3/traces/beef?start_time=x', '/api/v3/traces/beef?end_time=x'],
  ...['/api/v3/traces/beef?raw_traces=x', '/static/nothing.js'],
];

// Raw answers only of what is not asked for adjusted before: that changes what this release holds.
const SAME_CONTENT: readonly Request[] = [
  ...['/api/services', '/api/services/frontend/operations', '/api/operations?service=frontend'],
  ...['/api/services/odd%20%3Csvc%3E%26/operations', '/api/operations?service=other'],
  ...[FIND, `${FIND}&raw=true`, `${FIND}&tag=customer.id:c-17`],
  ...[`${FIND}&tags=${TAGS}`, `${FIND}&minDuration=200ms`, `${FIND}&maxDuration=10ms`],
  ...['/api/traces/fa11', `/api/traces/${WIDE}`, `/api/traces/${WIDE}?raw=true`],
  ...[`/api/traces/${SKEWED}`, `/api/traces/${ODD}?raw=true`, DEPENDENCIES],
  ...[`/api/v3/traces/${UNSORTED}?raw_traces=true`, `/api/traces/${UNSORTED}?raw=true`],
  ...[`/api/traces/${UNSORTED}`, `/api/v3/traces/${UNSORTED}`, `/api/v3/traces/${MISPLACED}`],
  ...['-5s', '-1ns'].flatMap((time) => [
    ...[`${FIND}&minDuration=${time}`, `${FIND}&maxDuration=${time}`],
    ...[
      `${FIND}&minDuration=1ms&maxDuration=${time}`,
      `${FIND}&minDuration=${time}&maxDuration=9s`,
    ],
    `${V3_FIND}&query.service_name=frontend&query.duration_min=${time}`,
    `${V3_FIND}&query.service_name=frontend&query.duration_max=${time}`,
  ]),
  ...['/api/v3/services', '/api/v3/operations?service=frontend', '/api/v3/operations'],
  ...['/api/v3/operations?service=frontend&span_kind=client', '/api/v3/operations?service=nobody'],
  ...[`${V3_FIND}&query.service_name=frontend`, `${V3_FIND}&query.service_name=twice`],
  ...[`${V3_FIND}&query.service_name=frontend&query.operation_name=GET%20/cart`],
  ...[`${V3_FIND}&query.service_name=frontend&query.duration_min=200ms`],
  ...[`${V3_FIND}&query.service_name=frontend&query.duration_max=10ms`],
  ...['/api/v3/traces/beef', '/api/v3/traces/fa11', `/api/v3/traces/${WIDE}`],
  `/api/v3/traces/${SKEWED}`,
  ...['/api/v3/traces/beef?start_time=2023-12-31T00:00:00Z&end_time=2024-01-02T00:00:00Z'],
  ...['/search', '/trace/beef'],
];

/** Where answers differ on purpose: the status of each, and why. */
const OTHERWISE: readonly (readonly [Request, theirs: number, ours: number, why: string])[] = [
  [`/api/traces?${AROUND}`, 400, 200, 'a search needs no service'],
  [`${FIND}&limit=0`, 500, 200, 'no limit, as in Jaeger v1'],
  [`${FIND}&limit=-5`, 500, 200, 'no limit, as in Jaeger v1'],
  [DEPENDENCIES.replace(/lookback=.*/, 'lookback=-5'), 500, 200, 'none, as in Jaeger v1'],
  ['/api/v3/traces?query.start_time_min=x', 400, 400, 'names are those of later releases'],
  ['/api/services//operations', 301, 404, 'no service is no page'],
  ...['/api/services/', '/api/services/a/b/operations', '/api/traces/', '/api/nothing'].map(
    (path) => [path, 200, 404, 'what is no API is not the UI, as in later releases'] as const,
  ),
  ...['/api/transform', '/api/archive/beef', '/api/metrics/nothing', '/api', '/api/v3'].map(
    (path) => [path, 200, 404, 'what is no API is not the UI, as in later releases'] as const,
  ),
  [
    `${V3_FIND}&query.service_name=frontend&query.attributes=x`,
    200,
    400,
    'this release does not read query.attributes',
  ],
  [
    '/api/v3/traces?query.startTimeMin=2023-12-31T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z',
    400,
    200,
    'this release knows no camel case',
  ],
  [`/api/v3/traces?${V3_AROUND.replace(/&query.num_traces=.*/, '')}`, 500, 200, 'a default of 100'],
];

const JAEGER_MEMORY = { memory: { max_traces: 1000 } };

/** Jaeger's chunks are those that its storage makes. */
function sortedSpans(spans: readonly Span[]): readonly unknown[] {
  const textOf = (span: Span): string => `${span.traceId} ${span.spanId} ${span.kind}`;
  return spans.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

/** The spans of an answer of jaeger.api_v3, or how it failed. */
function outcomeV3(
  client: QueryClient,
  [name, type, question]: readonly [name: string, type: string, question: object],
): Promise<unknown> {
  return client.bytes(`/jaeger.api_v3.QueryService/${name}`, type, question).then(
    (chunks) => sortedSpans(chunks.flatMap((chunk) => decodeSpans(chunk))),
    (error: unknown) => {
      const { code, details } = error as { code: number; details: string };
      return { code, details };
    },
  );
}

async function ask(port: number, request: Request): Promise<Answer> {
  const [method, path, body] = typeof request === 'string' ? ['GET', request] : request;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...{ method, redirect: 'manual' },
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  });
  const type = answer.headers.get('content-type');
  return { status: answer.status, type, body: await answer.text() };
}

describe.runIf(await hasJaeger()).each(['memory', 'embedded'])(
  'the query APIs over %s storage, beside those of Jaeger',
  (storage) => {
    const started = new AsyncDisposableStack();
    let http: Readonly<Record<'theirs' | 'ours', number>>;
    let grpc: Readonly<Record<'theirs' | 'ours', QueryClient>>;

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'same-answers-'));
      started.defer(() => rm(folder, { recursive: true }));
      const jaeger = started.use(
        await startJaegerOn({ traces: JAEGER_MEMORY, archive: JAEGER_MEMORY }),
      );
      const ours = started.use(
        await startOnFreePorts(allInOneRole, {
          'span-storage.type': storage,
          ...(storage === 'embedded'
            ? { 'embedded.directory': folder, 'embedded.retention': '1000000h' }
            : {}),
        }),
      );
      for (const port of [jaeger.ports['otlp http'] ?? 0, ours.portOf('otlp http')]) {
        await sendOtlp(port, [...SHOP_SPANS, ...ODD_SPANS]);
      }
      http = { theirs: jaeger.ports['ui'] ?? 0, ours: ours.portOf('ui') };
      grpc = {
        theirs: started.use(connectQuery(jaeger.ports['query grpc'] ?? 0)),
        ours: started.use(connectQuery(ours.portOf('query grpc'))),
      };
    }, BUILD_TIMEOUT_MS);

    afterAll(() => started.disposeAsync());

    it.each(SAME_BYTES.map((request) => ({ request })))(
      'are the same, byte for byte: $request',
      async ({ request }) => {
        expect(await ask(http.ours, request)).toEqual(await ask(http.theirs, request));
      },
    );

    it.each(SAME_CONTENT.map((request) => ({ request })))(
      'say the same: $request',
      async ({ request }) => {
        const [ours, theirs] = [await ask(http.ours, request), await ask(http.theirs, request)];
        expect(comparable(ours)).toEqual(comparable(theirs));
      },
    );

    it.each(OTHERWISE)('of %s are %i there and %i here: %s', async (request, theirs, ours) => {
      const found = [await ask(http.theirs, request), await ask(http.ours, request)];
      expect(found.map(({ status }) => status)).toEqual([theirs, ours]);
    });

    describe('over gRPC', () => {
      const id = Buffer.from('0'.repeat(28) + 'beef', 'hex');
      const range = {
        start_time: { seconds: START_SECONDS - DAY },
        end_time: { seconds: START_SECONDS + DAY },
      };
      const around = { start_time_min: range.start_time, start_time_max: range.end_time };

      it.each([
        ['getTraceV2', { trace_id: id }],
        ['getTraceV2', { trace_id: id, raw_traces: true }],
        ['getTraceV2', {}],
        ['getTraceV2', { trace_id: Buffer.alloc(16) }],
        ['getTraceV2', { trace_id: Buffer.alloc(16, 1) }],
        ['archiveTraceV2', { trace_id: Buffer.alloc(16, 1) }],
        ['archiveTraceV2', { trace_id: id }],
        ['findTracesV2', {}],
        [
          'findTracesV2',
          { query: { service_name: 'twice', ...around, search_depth: 5, raw_traces: false } },
        ],
        [
          'findTracesV2',
          {
            query: {
              service_name: 'frontend',
              operation_name: 'GET /cart',
              ...around,
              search_depth: 5,
            },
          },
        ],
        ['findTracesV2', { query: { service_name: 'nobody', ...around, search_depth: 5 } }],
        ['getOperationsV2', { service: 'frontend', span_kind: 'client' }],
        ['getOperationsV2', { service: 'nobody' }],
        ['getDependenciesV2', {}],
        ['getDependenciesV2', { ...range, start_time: range.end_time }],
        ['getOperationsV3', { service: 'frontend', span_kind: 'client' }],
      ] as const)('are the same: %s of %j', async (name, question) => {
        const outcome = async (whose: 'ours' | 'theirs'): Promise<unknown> =>
          grpc[whose].stream(METHODS[name], question).catch((error: unknown) => {
            const { code, details } = error as { code: number; details: string };
            // It says so twice.
            return { code, details: details.replace('not found: trace not found', 'not found') };
          });
        expect(await outcome('ours')).toEqual(await outcome('theirs'));
      });

      // In the order of what is kept: raw before adjusted, which changes what this release holds.
      it.each([
        ['GetTrace', 'GetTraceV3', { trace_id: UNSORTED_TOO, raw_traces: true }],
        ...[UNSORTED_TOO, 'beef', 'fa11', WIDE].map(
          (trace_id) => ['GetTrace', 'GetTraceV3', { trace_id }] as const,
        ),
        ...[
          { service_name: 'frontend', ...around, search_depth: 5 },
          { service_name: 'frontend', operation_name: 'GET /cart', ...around, search_depth: 5 },
          { service_name: 'frontend', ...around, duration_min: { nanos: 200e6 }, search_depth: 5 },
          { service_name: 'frontend', ...around, duration_max: { nanos: 10e6 }, search_depth: 5 },
          { service_name: 'frontend', ...around, duration_min: { seconds: -5 }, search_depth: 5 },
          { service_name: 'frontend', ...around, duration_max: { nanos: -1 }, search_depth: 5 },
          { service_name: 'twice', ...around, search_depth: 5 },
          { service_name: 'nobody', ...around, search_depth: 5 },
        ].map((query) => ['FindTraces', 'Find', { query }] as const),
        ['FindTraces', 'Find', {}],
      ] as const)('are the same of api_v3: %s %s %j', async (name, type, question) => {
        const outcome = (whose: 'ours' | 'theirs'): Promise<unknown> =>
          outcomeV3(grpc[whose], [name, type, question]);
        expect(await outcome('ours')).toEqual(await outcome('theirs'));
      });

      it.each([
        {
          asked: ['GetTrace', 'GetTraceV3', { trace_id: '404' }],
          ...{ theirs: [], ours: { code: 5 }, why: 'api_v2 says that there is none, too' },
        },
        {
          asked: ['GetTrace', 'GetTraceV3', { trace_id: 'x!' }],
          ...{ theirs: { code: 2 }, ours: { code: 3 }, why: 'a malformed id is as in api_v2' },
        },
        {
          asked: ['GetTrace', 'GetTraceV3', {}],
          ...{ theirs: { code: 2 }, ours: { code: 3 }, why: 'a missing id is as in api_v2' },
        },
        {
          asked: ['FindTraces', 'Find', { query: { service_name: 'frontend' } }],
          ...{
            theirs: { code: 2 },
            ours: { code: 3 },
            why: 'missing times are the fault of who asks',
          },
        },
        {
          asked: ['FindTraceSummaries', 'Find', {}],
          ...{ theirs: { code: 12 }, ours: { code: 3 }, why: 'later releases have summaries' },
        },
      ] as const)('are others of api_v3 to $asked: $why', async ({ asked, theirs, ours }) => {
        expect(await outcomeV3(grpc.theirs, asked)).toMatchObject(theirs);
        expect(await outcomeV3(grpc.ours, asked)).toMatchObject(ours);
      });

      it.each([
        '',
        'jaeger.api_v2.QueryService',
        'jaeger.api_v2.metrics.MetricsQueryService',
        'jaeger.api_v3.QueryService',
      ])('are the same of the health of %j', async (service) => {
        const check = (client: QueryClient): Promise<readonly Buffer[]> =>
          client.bytes('/grpc.health.v1.Health/Check', 'GetOperations', { service });
        expect(await check(grpc.ours)).toEqual(await check(grpc.theirs));
      });
    });
  },
);
