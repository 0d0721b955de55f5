import { parseArgs } from 'node:util';
import { CODEC_ROWS } from './codec-rows.ts';
import { firstLine, startPinned } from './pinned-process.ts';
import { jsonLine, numberOf, numbersOf } from './udp-load.ts';

const ROUNDS = 3;
const CORE = 0;

const USAGE = `usage: npm run bench -- codecs [options]

CPU nanoseconds a span from each wire format to OTLP, beside an independent decoder of the same bytes.
Each in a process of its own, ours and the reference in turn; three rounds; medians.

  --help

There is no --peer-otlp: nothing goes over a network here, and a server's CPU time has more in it than
decoding. 'ingest' puts another server beside the collector.`;

/**
 * CPU nanoseconds a span for each format: ours to OTLP bytes, and an independent decoder that only
 * decodes the same bytes. Each in a process of its own, since no process in life decodes everything;
 * in turn, medians of three rounds.
 */
export async function benchCodecs(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  console.log('format                      ns/span   reference             ns/span   ratio');
  for (const { name, reference } of CODEC_ROWS) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await measure(name, 'ours'));
      theirs.push(await measure(name, 'theirs'));
    }
    const [own, other] = [median(ours), median(theirs)];
    console.log(
      `${name.padEnd(27)} ${own.toFixed(0).padStart(7)}   ${reference.padEnd(20)} ` +
        `${other.toFixed(0).padStart(8)}   ${(other / own).toFixed(1)}x`,
    );
  }
}

async function measure(name: string, side: 'ours' | 'theirs'): Promise<number> {
  const process = startPinned(CORE, ['bench/codec-row.ts', name, side]);
  try {
    return numberOf(numbersOf(await firstLine(process, jsonLine)), 'nanos');
  } finally {
    await process.stop();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
