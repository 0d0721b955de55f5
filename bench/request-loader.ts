import { Agent } from 'node:http';
import { open } from 'node:fs/promises';
import { postBody } from './post-body.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';

/*
 * Sends every request of a data set once to an OTLP/HTTP endpoint, again when it is refused:
 * node request-loader.ts <url> <data set> <connections>. Prints one line of JSON at the end.
 */
const [url = '', path = '', connections = '8'] = process.argv.slice(2);
const LENGTH_BYTES = 4;
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const target = { url, agent, contentType: 'application/x-protobuf' };
const file = await open(path);
const { size } = await file.stat();
let at = 0;
let spans = 0;
let refusals = 0;

async function read(start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new Error(`${path} ends in the middle of a request`);
    done += bytesRead;
  }
  return bytes;
}

/** One call at a time. */
async function nextBody(): Promise<Buffer | undefined> {
  if (at >= size) return undefined;
  const start = at + LENGTH_BYTES;
  const length = (await read(at, LENGTH_BYTES)).readUInt32LE();
  at = start + length;
  return read(start, length);
}

let reading: Promise<Buffer | undefined> = Promise.resolve(undefined);

async function send(): Promise<void> {
  for (;;) {
    reading = reading.then(nextBody);
    const body = await reading;
    if (body === undefined) return;
    while ((await postBody(target, body)) >= 300) {
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
await file.close();
