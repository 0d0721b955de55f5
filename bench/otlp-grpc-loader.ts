import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { readRequests } from './data-set-d.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { warmUp } from './warm-up.ts';

/*
 * Loads one OTLP/gRPC endpoint with what http-loader.ts sends to one of OTLP/HTTP:
 * node otlp-grpc-loader.ts <http://host:port> <data set> <connections> <seconds>.
 * Prints `measuring` after a warm-up, then one line of JSON.
 */
/** The trace id is the first field of a span in data set D: behind its tag and length. */
const TRACE_ID_OFFSET = 2;
const PREFIX_BYTES = 5;
const HEADERS = {
  ':method': 'POST',
  ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'content-type': 'application/grpc',
  te: 'trailers',
};

const [url = '', path = '', connections = '8', seconds = '5'] = process.argv.slice(2);
const bodies = (await readRequests(path)).map((body) => {
  const { count, spanStarts } = scanSpans(body);
  const framed = Buffer.alloc(PREFIX_BYTES + body.length);
  framed.writeUInt32BE(body.length, 1);
  body.copy(framed, PREFIX_BYTES);
  return { framed, body: framed.subarray(PREFIX_BYTES), spans: count, spanStarts };
});
let next = 0;
let sent = 0;
let refused = 0;
let ended = false;

/** Resolves to the grpc-status. */
function call(session: ClientHttp2Session, framed: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stream = session.request(HEADERS);
    let status: unknown;
    stream.on('response', (headers) => {
      status ??= headers['grpc-status'];
    });
    stream.on('trailers', (headers) => {
      status ??= headers['grpc-status'];
    });
    stream.on('data', () => undefined);
    stream.once('close', () => {
      resolve(status);
    });
    stream.once('error', reject);
    stream.end(framed);
  });
}

/** Gives every trace an id of its own each time its request is sent, so that nothing comes twice. */
function renewTraceIds(body: Buffer, spanStarts: Uint32Array, pass: number): void {
  for (const start of spanStarts) body.writeUInt32LE(pass, start + TRACE_ID_OFFSET);
}

async function load(session: ClientHttp2Session): Promise<void> {
  while (!ended) {
    const turn = next++;
    const item = bodies[turn % bodies.length];
    if (item === undefined) throw new Error('the data set is empty');
    renewTraceIds(item.body, item.spanStarts, Math.floor(turn / bodies.length));
    if ((await call(session, item.framed)) === '0') sent += item.spans;
    else refused += item.spans;
  }
}

const sessions = Array.from({ length: Number(connections) }, () => connect(url));
const loops = sessions.map(load);
await warmUp(() => sent);
console.log('measuring');
const before = { sent, refused, at: performance.now() };
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
const after = { sent, refused, at: performance.now() };
console.log(
  JSON.stringify({
    spans: after.sent - before.sent,
    refused: after.refused - before.refused,
    seconds: (after.at - before.at) / 1000,
  }),
);
ended = true;
await Promise.all(loops);
for (const session of sessions) session.close();
