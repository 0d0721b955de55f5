import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRequests } from './data-set-d.ts';
import { postBody } from './post-body.ts';

/*
 * Clients that send OTLP/HTTP bodies of one size, each again as soon as it is answered, whatever the
 * answer: node large-bodies.ts <url> <data set> <clients> <bytes> <seconds>.
 * Prints one line of JSON: how many were taken, refused, and cut off without an answer.
 */
const [url = '', path = '', clients = '12', bytes = '3700000', seconds = '10'] =
  process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });
const body = bodyOf(await readRequests(path), Number(bytes));
const target = { url, agent, contentType: 'application/x-protobuf' };
const answers = { taken: 0, refused: 0, cutOff: 0 };
let ended = false;

/** Requests one behind the other are one request: fields of messages simply add up. */
function bodyOf(requests: readonly Buffer[], size: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let turn = 0; ; turn += 1) {
    const part = requests[turn % requests.length];
    if (part === undefined) throw new Error('the data set is empty');
    if (length + part.length > size && length > 0) return Buffer.concat(parts);
    parts.push(part);
    length += part.length;
  }
}

async function send(): Promise<void> {
  while (!ended) {
    try {
      const isTaken = (await postBody(target, body)) < 300;
      if (isTaken) answers.taken += 1;
      else answers.refused += 1;
    } catch {
      // Counted, and shown with the others.
      answers.cutOff += 1;
    }
  }
}

const sending = Array.from({ length: Number(clients) }, send);
await sleep(Number(seconds) * 1000);
ended = true;
await Promise.all(sending);
console.log(JSON.stringify({ ...answers, bytes: body.length }));
agent.destroy();
