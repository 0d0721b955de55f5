import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { readRequests } from './data-set-d.ts';
import { measureLoad } from './measure-load.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';

/*
 * Loads one OTLP/gRPC endpoint with what http-loader.ts sends to one of OTLP/HTTP:
 * node otlp-grpc-loader.ts <http://host:port> <data set> <connections> <seconds>.
 * Prints what measure-load.ts does.
 */
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

const sessions = Array.from({ length: Number(connections) }, () => connect(url));
const senders = sessions.map(
  (session) => async (item: { framed: Buffer }) => (await call(session, item.framed)) === '0',
);
await measureLoad({ bodies, seconds: Number(seconds), senders });
for (const session of sessions) session.close();
