import { readRequests } from './data-set-d.ts';
import { scanSpans } from '../src/wire/otlp/scan-spans.ts';
import { protobufjsDecoder } from '../test/wire/otlp/otlp-proto.ts';

/*
 * Decodes a data set with protobufjs again and again: node protobufjs-decoder.ts <data set> <seconds>.
 * Prints `measuring` after a warm-up, then one line of JSON.
 */
const WARM_UP_MS = 1000;

const [path = '', seconds = '5'] = process.argv.slice(2);
const decode = protobufjsDecoder('TracesData');
const bodies = (await readRequests(path)).map((body) => ({ body, spans: scanSpans(body).count }));

function decodeFor(ms: number): { spans: number; seconds: number } {
  const started = performance.now();
  let spans = 0;
  for (let at = 0; performance.now() - started < ms; at += 1) {
    const item = bodies[at % bodies.length];
    if (item === undefined) throw new Error('the data set is empty');
    decode(item.body);
    spans += item.spans;
  }
  return { spans, seconds: (performance.now() - started) / 1000 };
}

decodeFor(WARM_UP_MS);
console.log('measuring');
const { spans, seconds: took } = decodeFor(Number(seconds) * 1000);
console.log(JSON.stringify({ spans, refused: 0, seconds: took }));
