import { Agent, request } from 'node:http';
import { readRequests } from './data-set-d.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { zipkinV2Json } from './zipkin-messages.ts';
import { warmUp } from './warm-up.ts';

/*
 * Loads one OTLP/HTTP endpoint, or Zipkin's for v2 JSON when the URL is one of `/api/v2/spans`:
 * node http-loader.ts <url> <data set> <connections> <seconds>.
 * Prints `measuring` after a warm-up, then one line of JSON.
 */
/** The trace id is the first field of a span in data set D: behind its tag and length. */
const TRACE_ID_OFFSET = 2;

const [url = '', path = '', connections = '8', seconds = '5'] = process.argv.slice(2);
const isZipkin = url.endsWith('/api/v2/spans');
const contentType = isZipkin ? 'application/json' : 'application/x-protobuf';
const bodies = (await readRequests(path)).map((body) => {
  const { count, spanStarts } = scanSpans(body);
  // Nothing behind Zipkin's endpoint looks at trace ids: they may come again.
  return isZipkin
    ? { body: zipkinV2Json(body), spans: count, spanStarts: new Uint32Array() }
    : { body, spans: count, spanStarts };
});
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
let next = 0;
let sent = 0;
let refused = 0;
let ended = false;

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const exchange = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    exchange.once('error', reject);
    exchange.end(body);
  });
}

/** Gives every trace an id of its own each time its request is sent, so that nothing comes twice. */
function renewTraceIds(body: Buffer, spanStarts: Uint32Array, pass: number): void {
  for (const start of spanStarts) body.writeUInt32LE(pass, start + TRACE_ID_OFFSET);
}

async function load(): Promise<void> {
  while (!ended) {
    const turn = next++;
    const item = bodies[turn % bodies.length];
    if (item === undefined) throw new Error('the data set is empty');
    renewTraceIds(item.body, item.spanStarts, Math.floor(turn / bodies.length));
    if ((await post(item.body)) < 300) sent += item.spans;
    else refused += item.spans;
  }
}

const loops = Array.from({ length: Number(connections) }, load);
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
agent.destroy();
