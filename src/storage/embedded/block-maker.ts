import { Worker } from 'node:worker_threads';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { threadFile } from '../../runtime/thread-file.ts';
import type { BlockJob, MadeBlock } from './make-block.ts';
import type { MergeJob } from './merge-files.ts';

export interface ToBlockThread {
  readonly id: number;
  readonly job: BlockJob | MergeJob;
}

export type FromBlockThread =
  | { readonly id: number; readonly made: MadeBlock }
  | { readonly id: number; readonly failure: string };

/** No block could be made; the same may succeed later. */
export class BlockMakingError extends Error {
  override readonly name = 'BlockMakingError';
}

/** Makes blocks in a thread of its own, which is started when it is needed and again when it ends. */
export interface BlockMaker {
  make(job: BlockJob): Promise<MadeBlock>;
  /** Makes one block of several. */
  merge(job: MergeJob): Promise<MadeBlock>;
  /** Times the thread ended by itself. */
  readonly crashes: number;
  /** Ends the thread. Jobs under way are given up. */
  close(): Promise<void>;
}

/** Of JavaScript objects; typed arrays come on top, about 40 MB. */
const HEAP_MEGABYTES = 256;
/** Hardly an object lives longer than it takes to write a page: rarer collections would gain nothing. */
const YOUNG_MEGABYTES = 12;

interface Waiting {
  readonly resolve: (made: MadeBlock) => void;
  readonly reject: (error: Error) => void;
}

/** @param file what the thread runs */
export function createBlockMaker(
  logger: Logger,
  file: URL = threadFile('embedded-block-thread', import.meta.url),
): BlockMaker {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let nextId = 1;
  let crashes = 0;
  let isClosed = false;
  const failAll = (reason: string): void => {
    for (const { reject } of waiting.values()) reject(new BlockMakingError(reason));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(file, {
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_MEGABYTES,
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      },
    });
    let reason = 'it ended';
    started.on('message', (message: FromBlockThread) => {
      const job = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) started.unref();
      if ('made' in message) job?.resolve(message.made);
      else job?.reject(new BlockMakingError(message.failure));
    });
    started.on('error', (error) => {
      reason = errorText(error);
    });
    started.on('exit', () => {
      if (worker === started) worker = undefined;
      if (isClosed) return;
      crashes += 1;
      logger.error(`the thread that makes blocks is started again: ${reason}`);
      failAll(`the thread that makes blocks ended: ${reason}`);
    });
    return started;
  };
  const make = (job: BlockJob | MergeJob): Promise<MadeBlock> =>
    new Promise((resolve, reject) => {
      if (isClosed) throw new BlockMakingError('the storage is closed');
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker ??= start();
      worker.ref();
      worker.postMessage({ id, job } satisfies ToBlockThread);
    });
  return {
    make,
    merge: make,
    get crashes() {
      return crashes;
    },
    close: async () => {
      isClosed = true;
      failAll('the storage is closed');
      await worker?.terminate();
    },
  };
}
