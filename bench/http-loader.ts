import { Agent } from 'node:http';
import { readRequests } from './data-set-d.ts';
import { measureLoad } from './measure-load.ts';
import { postBody } from './post-body.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { zipkinV2Json } from './zipkin-messages.ts';

/*
 * Loads one OTLP/HTTP endpoint, or Zipkin's for v2 JSON when the URL is one of `/api/v2/spans`:
 * node http-loader.ts <url> <data set> <connections> <seconds>. Prints what measure-load.ts does.
 */
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
const target = { url, agent, contentType };
const senders = Array.from(
  { length: Number(connections) },
  () => async (item: { body: Buffer }) => (await postBody(target, item.body)) < 300,
);
await measureLoad({ bodies, seconds: Number(seconds), senders });
agent.destroy();
