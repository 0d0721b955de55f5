import { CODEC_ROWS } from './codec-rows.ts';

/*
 * Decodes the messages of one row again and again: node codec-row.ts <name> ours|theirs
 * Prints, as one line of JSON, CPU nanoseconds a span.
 */
const WARM_UP_MS = 700;
const MEASURE_MS = 1200;

function nanosPerSpan(
  messages: readonly Buffer[],
  spansPerMessage: number,
  decode: (message: Buffer) => unknown,
  ms: number,
): number {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let spans = 0;
  while (performance.now() - started < ms) {
    for (const message of messages) decode(message);
    spans += messages.length * spansPerMessage;
  }
  const { user, system } = process.cpuUsage(cpu);
  return ((user + system) * 1000) / spans;
}

const [name, side] = process.argv.slice(2);
const row = CODEC_ROWS.find((candidate) => candidate.name === name);
if (row === undefined) throw new Error(`no row ${name}`);
const { spansPerMessage, ...codec } = await row.make();
const messages = codec.messages.map((message) => Buffer.from(message));
const decode = side === 'theirs' ? codec.theirs : codec.ours;
nanosPerSpan(messages, spansPerMessage, decode, WARM_UP_MS);
const nanos = nanosPerSpan(messages, spansPerMessage, decode, MEASURE_MS);
console.log(JSON.stringify({ nanos }));
