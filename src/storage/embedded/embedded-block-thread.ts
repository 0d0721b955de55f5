import { parentPort } from 'node:worker_threads';
import { errorText } from '../../runtime/errors.ts';
import type { FromBlockThread, ToBlockThread } from './block-maker.ts';
import { makeBlock } from './make-block.ts';

/** A thread that makes blocks, one after the other, so that nobody who reads or writes waits. */
function answer({ id, job }: ToBlockThread): FromBlockThread {
  try {
    return { id, made: makeBlock(job) };
  } catch (error) {
    return { id, failure: errorText(error) };
  }
}

parentPort?.on('message', (message: ToBlockThread) => {
  parentPort?.postMessage(answer(message));
});
