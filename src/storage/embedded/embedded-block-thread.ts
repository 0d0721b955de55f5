import { parentPort } from 'node:worker_threads';
import { errorText } from '../../runtime/errors.ts';
import type { FromBlockThread, ToBlockThread } from './block-maker.ts';
import { createBlockBuilder } from './block/block-builder.ts';
import type { BlockBuilder } from './block/block-builder.ts';
import { makeBlock } from './make-block.ts';
import { mergeFiles } from './merge-files.ts';

/** A thread that makes blocks, one after the other, so that nobody who reads or writes waits. */
function createAnswer(): (message: ToBlockThread) => FromBlockThread {
  let builder: BlockBuilder | undefined;
  return ({ id, job }) => {
    try {
      if ('parts' in job) return { id, made: mergeFiles(job) };
      const ready = builder ?? createBlockBuilder();
      builder = undefined;
      const made = makeBlock(job, ready);
      builder = ready;
      return { id, made };
    } catch (error) {
      return { id, failure: errorText(error) };
    }
  };
}

const answer = createAnswer();
parentPort?.on('message', (message: ToBlockThread) => {
  parentPort?.postMessage(answer(message));
});
