import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { resourceSpansText } from '../../src/wire/otlp/otlp-json.ts';
import { aSpan, spanId } from '../harness/a-span.ts';
import { decodeWithProtobufjs } from '../wire/otlp/otlp-proto.ts';
import { startGrpcReceiver, startHttpReceiver } from './otlp-receiver.ts';
import type { ReceiverOptions } from './otlp-receiver.ts';

/*
 * Every answer of the three ways of OTLP, against the table of its specification: only 429, 502, 503
 * and 504 are sent again, over gRPC only UNAVAILABLE and what has RetryInfo.
 * https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response, #otlphttp-response
 */
const GOOD = [aSpan()];
const MIXED = [aSpan(), aSpan({ spanId: spanId(0) })];
const NAMELESS = aSpan({ spanId: spanId(0) });
const LATE = aSpan({ name: 'late', startTimeUnixNano: 2n ** 63n });
const BAD = [aSpan(), NAMELESS, NAMELESS, NAMELESS, LATE];
const PARTIAL = {
  partialSuccess: { rejectedSpans: '1', errorMessage: 'span 1 "GET /": the span id is zero' },
};

interface Request {
  readonly body: Uint8Array;
  readonly encoding?: string;
}

interface Format {
  readonly type: string;
  readonly encode: (spans: readonly Span[]) => Uint8Array;
  readonly damaged: Uint8Array;
  readonly read: (message: 'ExportTraceServiceResponse' | 'RpcStatus', body: Buffer) => unknown;
}

const PROTOBUF: Format = {
  type: 'application/x-protobuf',
  encode: encodeSpans,
  damaged: Buffer.from('0aff01', 'hex'),
  read: decodeWithProtobufjs,
};

const JSON_FORMAT: Format = {
  type: 'application/json',
  encode: (spans) =>
    Buffer.from(`{"resourceSpans":[${[...resourceSpansText(spans, JSON.stringify)].join('')}]}`),
  damaged: Buffer.from('{"resourceSpans":[{"scopeSpans":1}]}'),
  read: (_message, body) => JSON.parse(body.toString()) as unknown,
};

interface Case {
  readonly what: string;
  readonly request: (format: Format) => Request;
  readonly options?: ReceiverOptions;
  readonly http: number;
  /** Of google.rpc.Status; absent for a success. */
  readonly code?: number;
  readonly message?: string;
  readonly grpc: number;
  /** Seconds, when it is to be sent again. */
  readonly retryAfter?: string;
  readonly answer?: unknown;
}

const FAILURE = new Error('10.0.0.3:17271 does not answer');

const good = ({ encode }: Format): Request => ({ body: encode(GOOD) });
const CASES: readonly Case[] = [
  { what: 'spans', request: good, http: 200, grpc: 0, answer: {} },
  {
    what: 'a request without spans',
    request: ({ encode }) => ({ body: encode([]) }),
    http: 200,
    grpc: 0,
    answer: {},
  },
  {
    what: 'one bad span of two',
    request: ({ encode }) => ({ body: encode(MIXED) }),
    http: 200,
    grpc: 0,
    answer: PARTIAL,
  },
  {
    what: 'bad spans for several reasons',
    request: ({ encode }) => ({ body: encode(BAD) }),
    http: 200,
    grpc: 0,
    answer: {
      partialSuccess: {
        rejectedSpans: '4',
        errorMessage:
          'span 1 "GET /": the span id is zero (and 2 more for the same reason); ' +
          'span 4 "late": a time is before 1970 or from 2262-04-11T23:47:16Z on',
      },
    },
  },
  {
    what: 'compressed spans',
    request: ({ encode }) => ({ body: gzipSync(encode(GOOD)), encoding: 'gzip' }),
    http: 200,
    grpc: 0,
    answer: {},
  },
  {
    what: 'what is not OTLP',
    request: ({ damaged }) => ({ body: damaged }),
    http: 400,
    code: 3,
    grpc: 3,
  },
  {
    what: 'what is not gzip',
    request: ({ encode }) => ({ body: encode(GOOD), encoding: 'gzip' }),
    http: 400,
    code: 3,
    message: 'the compressed body is damaged: incorrect header check',
    grpc: 13,
  },
  {
    what: 'gzip that is cut short',
    request: ({ encode }) => ({ body: gzipSync(encode(GOOD)).subarray(0, -10), encoding: 'gzip' }),
    http: 400,
    code: 3,
    grpc: 13,
  },
  {
    what: 'a compression that is not known',
    request: ({ encode }) => ({ body: encode(GOOD), encoding: 'br' }),
    http: 415,
    code: 3,
    grpc: 12,
  },
  {
    what: 'a request over the limit',
    request: good,
    options: { bodyBytesMax: 20 },
    http: 413,
    code: 8,
    grpc: 8,
  },
  {
    what: 'a request that is over the limit when it is inflated',
    request: () => ({ body: gzipSync(Buffer.alloc(1_000_000)), encoding: 'gzip' }),
    options: { bodyBytesMax: 100_000 },
    http: 413,
    code: 8,
    grpc: 8,
  },
  {
    what: 'a request larger than all together may be',
    request: good,
    options: { bytesMax: 20 },
    http: 413,
    code: 8,
    grpc: 8,
  },
  {
    what: 'a sink that is overloaded',
    request: good,
    options: { sink: () => Promise.reject(new SinkOverloadedError('full', 2500)) },
    http: 503,
    code: 14,
    grpc: 14,
    retryAfter: '3',
    message: 'full; send them again in 3 s',
  },
  {
    what: 'a sink that fails',
    request: good,
    options: { sink: () => Promise.reject(FAILURE) },
    http: 503,
    code: 14,
    grpc: 14,
    retryAfter: '1',
    message: 'the spans cannot be kept now; send them again in 1 s',
  },
];

interface GrpcAnswer {
  readonly status: string;
  readonly text: string;
  readonly details: string | undefined;
  readonly message: Buffer;
}

async function callGrpc(port: number, { body, encoding }: Request): Promise<GrpcAnswer> {
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(encoding === undefined ? {} : { 'grpc-encoding': encoding }),
  });
  let ends: IncomingHttpHeaders = {};
  stream.on('response', (headers) => (ends = { ...ends, ...headers }));
  stream.on('trailers', (headers: IncomingHttpHeaders) => (ends = { ...ends, ...headers }));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(encoding === undefined ? 0 : 1);
  prefix.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([prefix, body]));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  session.close();
  const details = ends['grpc-status-details-bin'];
  return {
    status: String(ends['grpc-status']),
    text: String(ends['grpc-message']),
    details: typeof details === 'string' ? details : undefined,
    message: Buffer.concat(chunks).subarray(5),
  };
}

async function sendHttp(port: number, { body }: Request): Promise<void> {
  const headers = { 'content-type': PROTOBUF.type };
  const url = `http://127.0.0.1:${port}/v1/traces`;
  await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
}

describe.each([
  ['protobuf', PROTOBUF],
  ['JSON', JSON_FORMAT],
] as const)('OTLP over HTTP with %s', (_name, format) => {
  it.each(CASES)('answers $what with $http', async (one) => {
    await using receiver = await startHttpReceiver(one.options);
    const { body, encoding } = one.request(format);
    const response = await fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': format.type,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
      body: Buffer.from(body),
    });
    const answer = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(one.http);
    expect(response.headers.get('content-type')).toBe(format.type);
    expect(response.headers.get('retry-after')).toBe(one.retryAfter ?? null);
    if (one.code === undefined) {
      expect(format.read('ExportTraceServiceResponse', answer)).toEqual(one.answer);
    } else {
      expect(format.read('RpcStatus', answer)).toMatchObject({
        code: one.code,
        ...(one.message === undefined ? {} : { message: one.message }),
      });
    }
  });
});

describe('OTLP over gRPC', () => {
  it.each(CASES)('answers $what with $grpc', async (one) => {
    await using receiver = await startGrpcReceiver(one.options);
    const answer = await callGrpc(receiver.port, one.request(PROTOBUF));
    expect(answer.status).toBe(String(one.grpc));
    if (one.grpc === 0) {
      expect(PROTOBUF.read('ExportTraceServiceResponse', answer.message)).toEqual(one.answer);
    }
    const details = Buffer.from(answer.details ?? '', 'base64').toString('latin1');
    expect(details.includes('google.rpc.RetryInfo')).toBe(one.retryAfter !== undefined);
    if (one.retryAfter !== undefined) expect(answer.text).toBe(one.message);
  });
});

describe.each([
  ['http', startHttpReceiver, sendHttp],
  ['grpc', startGrpcReceiver, callGrpc],
] as const)('a storage that fails behind OTLP over %s', (transport, start, send) => {
  it('is named in the log, once for many requests, and nowhere else', async () => {
    const lines: string[] = [];
    const logger = pino(
      { level: 'info', base: null, timestamp: false },
      { write: (line: string) => lines.push(line) },
    );
    await using receiver = await start({ sink: () => Promise.reject(FAILURE), logger });
    await send(receiver.port, good(PROTOBUF));
    await send(receiver.port, good(PROTOBUF));
    const msg = `otlp ${transport}: a request is put off: 10.0.0.3:17271 does not answer`;
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ level: 40, msg }]);
  });
});

describe('a page of another origin', () => {
  const ORIGIN = 'https://shop.example';
  const ask = async (
    allowedOrigins: readonly string[],
    method: 'OPTIONS' | 'POST',
  ): Promise<{ readonly status: number; readonly headers: Headers }> => {
    await using receiver = await startHttpReceiver({
      http: { cors: { allowedOrigins, allowedHeaders: ['x-team'] } },
    });
    const headers = { origin: ORIGIN, 'content-type': PROTOBUF.type };
    const body = method === 'POST' ? Buffer.from(PROTOBUF.encode(GOOD)) : null;
    return await fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, { method, headers, body });
  };

  it('may not read an answer unless that is configured', async () => {
    const { status, headers } = await ask([], 'POST');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect((await ask([], 'OPTIONS')).status).toBe(405);
  });

  it.each(['https://shop.example', 'https://*.example', '*', 'HTTPS://Shop.Example'])(
    'may send and read the delay when %s is allowed',
    async (allowed) => {
      const preflight = await ask([allowed], 'OPTIONS');
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
      expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type, x-team');
      const { status, headers } = await ask([allowed], 'POST');
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-expose-headers')).toBe('retry-after');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toBe('origin');
    },
  );

  it.each(['https://other.example', 'https://*.shop.example', 'http://shop.example'])(
    'may not when only %s is allowed',
    async (allowed) => {
      const preflight = await ask([allowed], 'OPTIONS');
      expect(preflight.status).toBe(403);
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});
