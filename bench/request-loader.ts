import { Agent, request } from 'node:http';
import { openAsBlob } from 'node:fs';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';

/*
 * Sends every request of a data set once to an OTLP/HTTP endpoint, again when it is refused:
 * node request-loader.ts <url> <data set> <connections>. Prints one line of JSON at the end.
 */
const [url = '', path = '', connections = '8'] = process.argv.slice(2);
const LENGTH_BYTES = 4;
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const file = await openAsBlob(path);
let at = 0;
let spans = 0;
let refusals = 0;

async function nextBody(): Promise<Buffer | undefined> {
  if (at >= file.size) return undefined;
  const start = at;
  // Told before the first wait, so that no two senders get the same request.
  at = Number.NaN;
  const length = Buffer.from(await file.slice(start, start + LENGTH_BYTES).arrayBuffer());
  const from = start + LENGTH_BYTES;
  at = from + length.readUInt32LE();
  return Buffer.from(await file.slice(from, at).arrayBuffer());
}

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
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

let reading: Promise<Buffer | undefined> = Promise.resolve(undefined);

async function send(): Promise<void> {
  for (;;) {
    reading = reading.then(nextBody);
    const body = await reading;
    if (body === undefined) return;
    while ((await post(body)) >= 300) {
      refusals += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    spans += scanSpans(body).count;
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, send));
const seconds = (performance.now() - startedAt) / 1000;
console.log(JSON.stringify({ spans, refusals, seconds }));
agent.destroy();
