import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { startJaegerGrpc } from '../../src/receivers/jaeger-grpc.ts';
import { startJaegerThriftHttp } from '../../src/receivers/jaeger-thrift-http.ts';
import { startOtlpHttp } from '../../src/receivers/otlp-http.ts';
import { startZipkinHttp } from '../../src/receivers/zipkin-http.ts';
import { DEFAULT_GRPC_LIMITS } from '../../src/runtime/grpc/grpc-limits.ts';
import type { Running } from '../../src/runtime/running.ts';
import { createIntake } from './jaeger-harness.ts';

const MIB = 2 ** 20;
const BODY_BYTES = 8 * MIB;
const LOOPBACK = { host: '127.0.0.1', port: 0 };
const LIMITS = {
  headersTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 5000,
  connectionsMax: 10,
};
const CORS = { allowedOrigins: [], allowedHeaders: [] };

/** Of these, the last byte is what is wrong. */
const NO_JSON = Buffer.concat([Buffer.from('['), Buffer.alloc(BODY_BYTES, ' '), Buffer.from('}')]);
const NO_OTLP_JSON = Buffer.concat([
  Buffer.from('{'),
  Buffer.alloc(BODY_BYTES, ' '),
  Buffer.from(']'),
]);
/** A field nobody knows, and a group. */
const NO_PROTOBUF = Buffer.concat([
  Buffer.from('fa7f80808004', 'hex'),
  Buffer.alloc(BODY_BYTES),
  Buffer.from('0b', 'hex'),
]);
/** A text in a field nobody knows, in a struct without an end. */
const NO_THRIFT = Buffer.concat([Buffer.from('0b006300800000', 'hex'), Buffer.alloc(BODY_BYTES)]);

async function postHttp(port: number, path: string, type: string, body: Buffer): Promise<number> {
  const headers = { 'content-type': type, 'content-length': body.length };
  const sent = request({ port, host: LOOPBACK.host, path, method: 'POST', headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'close');
  return response.statusCode ?? 0;
}

/** The gRPC status. */
async function postGrpc(port: number, path: string, frame: Buffer): Promise<number> {
  const session = connect(`http://${LOOPBACK.host}:${port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let status = Number.NaN;
  const note = (headers: NodeJS.Dict<string | string[] | number>): void => {
    if (headers['grpc-status'] !== undefined) status = Number(headers['grpc-status']);
  };
  stream.on('response', note).on('trailers', note).resume();
  stream.end(frame);
  await once(stream, 'close');
  session.close();
  return status;
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

interface Way {
  readonly name: string;
  readonly start: () => Promise<Running>;
  readonly post: (port: number) => Promise<number>;
  readonly refusal: number;
  /** What sockets leave behind that cannot be given back. */
  readonly garbageBytes?: number;
}

const options = { hostPort: LOOPBACK, bodyBytesMax: 64 * MIB, limits: LIMITS };
const GRPC_FRAME = framed(NO_PROTOBUF);
const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';

const WAYS: readonly Way[] = [
  {
    name: 'OTLP JSON',
    start: () => startOtlpHttp({ ...options, cors: CORS }, createIntake()),
    post: (port) => postHttp(port, '/v1/traces', 'application/json', NO_OTLP_JSON),
    refusal: 400,
  },
  {
    name: 'OTLP protobuf',
    start: () => startOtlpHttp({ ...options, cors: CORS }, createIntake()),
    post: (port) => postHttp(port, '/v1/traces', 'application/x-protobuf', NO_PROTOBUF),
    refusal: 400,
  },
  {
    name: 'Zipkin JSON',
    start: () => startZipkinHttp({ ...options, cors: CORS, keepAlive: true }, createIntake()),
    post: (port) => postHttp(port, '/api/v2/spans', 'application/json', NO_JSON),
    refusal: 400,
  },
  {
    name: 'Jaeger thrift',
    start: () => startJaegerThriftHttp(options, createIntake()),
    post: (port) => postHttp(port, '/api/traces', 'application/x-thrift', NO_THRIFT),
    refusal: 400,
  },
  {
    name: 'Jaeger gRPC',
    start: () =>
      startJaegerGrpc(
        { hostPort: LOOPBACK, messageBytesMax: 64 * MIB, limits: DEFAULT_GRPC_LIMITS },
        createIntake(),
      ),
    post: (port) => postGrpc(port, POST_SPANS, GRPC_FRAME),
    refusal: 3,
    // HTTP/2 hands out its frames as parts of memory that it shares.
    garbageBytes: BODY_BYTES,
  },
];

describe('a request that is refused', () => {
  it.each(WAYS)('gives its memory back at once: $name', async (way) => {
    const running = await way.start();
    const port = running.addresses[0]?.port ?? 0;
    const before = process.memoryUsage().arrayBuffers;
    expect(await way.post(port)).toBe(way.refusal);
    const kept = process.memoryUsage().arrayBuffers - before - (way.garbageBytes ?? 0);
    expect(kept).toBeLessThan(BODY_BYTES / 4);
    await running.stop();
  });
});
