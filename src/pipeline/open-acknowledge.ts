import { openRecordLog } from '../record-log/open-record-log.ts';
import { UsageError, systemErrorCode } from '../runtime/errors.ts';
import type { RoleDeps } from '../runtime/running.ts';
import { acknowledgeWhenStored } from './acknowledge.ts';
import type { Acknowledge } from './acknowledge.ts';
import type { AcknowledgeConfig } from './acknowledge-config.ts';
import { acknowledgeInMemory } from './acknowledge-in-memory.ts';
import { loggingLosses } from './log-losses.ts';
import { acknowledgeOnDisk } from './spool.ts';
import { readCursor } from './spool-cursor.ts';
import { measureSync } from './spool-metrics.ts';

export interface AcknowledgeOptions extends AcknowledgeConfig {
  /** Batches that may wait in memory. */
  readonly queueSize: number;
}

/**
 * The way to acknowledge that the config names. Opens the spool, which stopping a pipeline closes.
 * @throws UsageError for a spool without a folder that can be used, RecordLogOpenError when another process has it
 */
export async function openAcknowledge(
  config: AcknowledgeOptions,
  deps: Omit<RoleDeps, 'listenHost'>,
): Promise<Acknowledge> {
  switch (config.mode) {
    case 'storage':
      return acknowledgeWhenStored;
    case 'memory':
      return loggingLosses(
        acknowledgeInMemory({
          ...deps,
          batchesMax: config.queueSize,
          workers: config.numWorkers,
          retry: config.retry,
          drainTimeoutMs: config.drainTimeout,
          health: deps.health.component('storage writes'),
        }),
        deps,
      );
    case 'disk':
      return loggingLosses(await openSpool(config, deps), deps);
  }
}

async function openSpool(
  { spool, numWorkers, retry }: AcknowledgeOptions,
  deps: Omit<RoleDeps, 'listenHost'>,
): Promise<Acknowledge> {
  const folder = spool.directory;
  if (folder === '') {
    throw new UsageError('collector.ack=disk needs a folder: give collector.spool.directory');
  }
  const log = await openRecordLog({
    folder,
    segmentBytes: spool.segmentBytes,
    bytesMax: spool.maxBytes,
    minFreeBytes: spool.minFreeBytes,
    clock: deps.clock,
    onSync: measureSync(deps.metrics),
  }).catch((error: unknown) => {
    throw folderProblem(folder, error);
  });
  return acknowledgeOnDisk({
    ...{ ...deps, folder, log, retry },
    from: await readCursor(folder, log),
    workers: numWorkers,
    memoryBytesMax: spool.maxMemoryBytes,
    maxAgeMs: spool.maxAge,
    health: deps.health.component('spool'),
  });
}

/** What another folder, or other rights to it, would mend; by Node's codes. */
const FOLDER_PROBLEMS = new Map([
  ['EEXIST', 'is not a folder'],
  ['ENOTDIR', 'is not in a folder'],
  ['EACCES', 'may not be written by this process'],
  ['EPERM', 'may not be written by this process'],
  ['EROFS', 'is on a file system that cannot be written'],
  ['ENAMETOOLONG', 'is too long a name'],
]);

/** A UsageError when the setting is at fault, else the error as it is. */
function folderProblem(folder: string, error: unknown): unknown {
  const problem = FOLDER_PROBLEMS.get(systemErrorCode(error) ?? '');
  if (problem === undefined) return error;
  return new UsageError(`collector.spool.directory: ${folder} ${problem}`, { cause: error });
}
