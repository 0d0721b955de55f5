/*
 * Writes traces to an embedded storage until it is killed: trace `n` has five spans, of which two
 * come in a second batch. Says on standard output which traces it got an answer for.
 * Run: node writing-child.ts <folder> <number of the first trace>
 */
import { NEVER_ABORTED } from '../../harness/read-traces.ts';
import { aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { SMALL_HEADS } from './small-heads.ts';

const SENDERS = 4;
const [folder = '', first = '1'] = process.argv.slice(2);
const storage = await openTestStorage(folder, {}, { headLimits: SMALL_HEADS });
let next = Number(first);

async function send(): Promise<never> {
  for (;;) {
    const number = next++;
    const trace = aTrace(5, { traceId: traceId(number), attributes: { number: BigInt(number) } });
    await storage.writer.write(aBatch(trace.slice(0, 3)), NEVER_ABORTED);
    await storage.writer.write(aBatch(trace.slice(3)), NEVER_ABORTED);
    process.stdout.write(`${number}\n`);
  }
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: SENDERS }, send));
