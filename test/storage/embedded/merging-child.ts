/*
 * Writes traces to an embedded storage, makes a block of every few and merges them, until it is
 * killed: trace `n` has four spans, in two batches and two blocks. Says on standard output which
 * traces it got an answer for. Run: node merging-child.ts <folder> <number of the first trace>
 */
import { aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

const [folder = '', first = '1'] = process.argv.slice(2);
const storage = await openTestStorage(folder);

for (let number = Number(first); ; number++) {
  const trace = aTrace(4, { traceId: traceId(number) });
  await storage.writer.write(aBatch(trace.slice(0, 2)), NEVER_ABORTED);
  await storage.flush();
  await storage.writer.write(aBatch(trace.slice(2)), NEVER_ABORTED);
  process.stdout.write(`${number}\n`);
  await storage.merge();
}
