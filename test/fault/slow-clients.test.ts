import { Agent, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';
import { startCollectorProcess } from '../harness/collector-process.ts';
import type { CollectorProcess } from '../harness/collector-process.ts';
import { openSockets } from '../harness/raw-sockets.ts';
import type { RawSockets } from '../harness/raw-sockets.ts';
import { until } from '../harness/until.ts';

const COUNTING_COLLECTOR = fileURLToPath(
  new URL('../harness/counting-collector.ts', import.meta.url),
);
const MIB = 2 ** 20;
const BODY = encodeSpans([aSpan()]);
const HEAD =
  'POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/x-protobuf\r\n' +
  `content-length: ${BODY.length}\r\n\r\n`;
const ENDED = 'jaeger_connections_ended_total';
const HTTP = 'collector.otlp.http';
const GRPC = 'collector.otlp.grpc';
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const IDLE = 5000;
const TRICKLING = 200;
const PROBES = 300;
/** What a busy machine adds to the slowest of a few hundred requests. */
const FLOOR_MS = 25;

async function collectorWith(
  flags: readonly string[],
  wrap?: (command: readonly string[]) => readonly string[],
): Promise<CollectorProcess> {
  const collector = await startCollectorProcess({
    program: [COUNTING_COLLECTOR],
    flags,
    ...(wrap === undefined ? {} : { wrap }),
  });
  onTestFinished(() => collector.stop());
  return collector;
}

async function socketsTo(port: number, count: number): Promise<RawSockets> {
  const sockets = await openSockets(port, count);
  onTestFinished(() => {
    sockets.destroy();
  });
  return sockets;
}

/** Status of one request; `agent` keeps its connection. */
function post(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': BODY.length };
    request({ port, agent, path: '/v1/traces', method: 'POST', headers }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    })
      .once('error', reject)
      .end(BODY);
  });
}

/** Milliseconds that 99 of 100 requests need at most, one after the other. */
async function p99(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const start = performance.now();
    expect(await post(port, agent)).toBe(200);
    times.push(performance.now() - start);
  }
  agent.destroy();
  return times.toSorted((one, other) => one - other)[Math.floor(PROBES * 0.99)] ?? Number.NaN;
}

/** Sends one byte of an endless header a second from each socket. */
function trickle({ sockets }: RawSockets): void {
  for (const socket of sockets) socket.write('POST /v1/traces HTTP/1.1\r\nx-slow: ');
  const timer = setInterval(() => {
    for (const socket of sockets) socket.write('x');
  }, 100);
  onTestFinished(() => {
    clearInterval(timer);
  });
}

/** The gRPC status of one call, which may announce more than it sends. */
function callGrpc(session: ClientHttp2Session, announced = BODY.length): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': EXPORT,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    // An answer that is an error only has its status among the headers.
    for (const event of ['response', 'trailers']) {
      stream.once(event, (headers: IncomingHttpHeaders) => {
        const status = headers['grpc-status'];
        if (typeof status === 'string') resolve(status);
      });
    }
    stream.once('error', reject);
    stream.resume();
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(announced, 1);
    const bytes = Buffer.concat([prefix, BODY]);
    if (announced === BODY.length) stream.end(bytes);
    else stream.write(bytes);
  });
}

describe('slow clients of a collector', () => {
  it('do not slow down healthy ones, thousands idle and hundreds trickling', async () => {
    const collector = await collectorWith([]);
    const { otlpHttpPort } = collector;
    await p99(otlpHttpPort);
    const calm = await p99(otlpHttpPort);
    const before = collector.residentBytes();
    await socketsTo(otlpHttpPort, IDLE / 2);
    await socketsTo(collector.otlpGrpcPort, IDLE / 2);
    trickle(await socketsTo(otlpHttpPort, TRICKLING));
    const crowded = await p99(otlpHttpPort);
    process.stdout.write(
      `p99 ${calm.toFixed(1)} ms alone, ${crowded.toFixed(1)} ms among ${IDLE + TRICKLING} sockets; ` +
        `${Math.round((collector.residentBytes() - before) / 2 ** 20)} MiB more\n`,
    );
    expect(crowded).toBeLessThan(2 * calm + FLOOR_MS);
  }, 60_000);

  it('are cut off when headers or body take too long, and counted', async () => {
    const collector = await collectorWith([
      `--${HTTP}.read-header-timeout=500ms`,
      `--${HTTP}.read-timeout=1s`,
      `--${GRPC}.read-timeout=500ms`,
    ]);
    const sockets = await socketsTo(collector.otlpHttpPort, 20);
    const answers: string[] = [];
    for (const [index, socket] of sockets.sockets.entries()) {
      socket.on('data', (chunk: Buffer) => answers.push(chunk.toString('latin1').slice(0, 12)));
      socket.write(index % 2 === 0 ? HEAD.slice(0, 60) : HEAD + 'x');
    }
    await until(() => sockets.open() === 0);
    expect(answers).toEqual(Array.from({ length: 20 }, () => 'HTTP/1.1 408'));
    expect(await collector.metric(`${ENDED}{server="otlp http",reason="slow"}`)).toBe(20);
    expect(await post(collector.otlpHttpPort, new Agent())).toBe(200);

    const session = connectHttp2(`http://127.0.0.1:${collector.otlpGrpcPort}`);
    expect(await callGrpc(session, BODY.length + 1)).toBe('4');
    session.close();
    const refused = 'jaeger_collector_requests_refused_total';
    expect(await collector.metric(`${refused}{transport="grpc",reason="timed_out"}`)).toBe(1);
  }, 30_000);

  it('cost little when they send requests and do not read the answers', async () => {
    const collector = await collectorWith([]);
    await p99(collector.otlpHttpPort);
    const before = collector.residentBytes();
    const { sockets } = await socketsTo(collector.otlpHttpPort, 10);
    const requests = Buffer.concat([Buffer.from(HEAD), BODY]);
    const many = Buffer.concat(Array.from({ length: 5000 }, () => requests));
    for (const socket of sockets) {
      socket.pause();
      socket.write(many);
    }
    const ended = `${ENDED}{server="otlp http",reason="abuse"}`;
    await until(async () => (await collector.metric(ended)) === 10);
    expect(await p99(collector.otlpHttpPort)).toBeLessThan(1000);
    // Half of it is heap that the collection after the start gave back, and work takes again.
    expect(collector.residentBytes() - before).toBeLessThan(64 * MIB);
  }, 60_000);

  it('beyond the limit on connections are closed at once, and counted', async () => {
    const collector = await collectorWith([
      `--${HTTP}.max-connections=50`,
      `--${GRPC}.max-connections=50`,
    ]);
    const http = await socketsTo(collector.otlpHttpPort, 200);
    const grpc = await socketsTo(collector.otlpGrpcPort, 200);
    await until(() => http.open() === 50 && grpc.open() === 50);
    expect(await collector.metric(`${ENDED}{server="otlp http",reason="too_many"}`)).toBe(150);
    expect(await collector.metric(`${ENDED}{server="otlp grpc",reason="too_many"}`)).toBe(150);
    http.destroy();
    await until(async () => {
      const status = await post(collector.otlpHttpPort, new Agent()).catch(() => 0);
      return status === 200;
    }, 5000);
  }, 30_000);
});

describe('a collector without a file descriptor left', () => {
  it('goes on with the connections it has, says so once, and is back when some are free', async () => {
    const collector = await collectorWith([], (command) => [
      'prlimit',
      '--nofile=120:120',
      ...command,
    ]);
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await post(collector.otlpHttpPort, kept)).toBe(200);
    const session = connectHttp2(`http://127.0.0.1:${collector.otlpGrpcPort}`);
    expect(await callGrpc(session)).toBe('0');
    const http = await socketsTo(collector.otlpHttpPort, 200);
    const grpc = await socketsTo(collector.otlpGrpcPort, 200);
    const cpu = collector.cpuSeconds();
    await until(() => exhaustedLines(collector) > 0);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await post(collector.otlpHttpPort, kept)).toBe(200);
    expect(await callGrpc(session)).toBe('0');
    expect(http.open() + grpc.open()).toBeLessThan(120);
    // It does not spin.
    expect(collector.cpuSeconds() - cpu).toBeLessThan(2);

    http.destroy();
    grpc.destroy();
    const freed = performance.now();
    await until(async () => {
      const status = await post(collector.otlpHttpPort, new Agent()).catch(() => 0);
      return status === 200;
    }, 5000);
    process.stdout.write(
      `took connections again after ${Math.round(performance.now() - freed)} ms\n`,
    );
    const seconds = await collector.metric('jaeger_file_descriptors_exhausted_seconds_total');
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(exhaustedLines(collector)).toBe(1);
    kept.destroy();
    session.close();
  }, 30_000);
});

function exhaustedLines(collector: CollectorProcess): number {
  return collector.logged().filter((line) => line.includes('no file descriptor is left')).length;
}
