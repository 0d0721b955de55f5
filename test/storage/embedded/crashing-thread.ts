import { parentPort } from 'node:worker_threads';
import type { FromBlockThread, ToBlockThread } from '../../../src/storage/embedded/block-maker.ts';

/*
 * A thread that makes blocks of no spans; it ends at the job of block 13, and throws at that of 14.
 */
parentPort?.on('message', ({ id, job }: ToBlockThread) => {
  if ('parts' in job) throw new Error('there is nothing to merge');
  if (job.number === 13) process.exit(1);
  if (job.number === 14) throw new Error('it cannot go on');
  const made = { path: job.folder, spanCount: 0, repeatedSpanCount: 0, cpuSeconds: 0 };
  parentPort?.postMessage({ id, made } satisfies FromBlockThread);
});
