import { parentPort } from 'node:worker_threads';
import { errorText } from '../../runtime/errors.ts';
import type { FromBlockThread, ToBlockThread } from './block-maker.ts';
import { makeBlock } from './make-block.ts';

/** A thread that makes blocks, one after the other, so that nobody who reads or writes waits. */
async function answer({ id, job }: ToBlockThread): Promise<FromBlockThread> {
  try {
    return { id, made: await makeBlock(job) };
  } catch (error) {
    return { id, failure: errorText(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToBlockThread) => {
  last = last.then(async () => {
    parentPort?.postMessage(await answer(message));
  });
});
