import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { RecordLog } from '../../record-log/record-log.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isJsonObject, jsonObjects } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { CalculatedProbabilities, SamplingStore, Throughput } from '../sampling-store.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { createStateFile } from './state-file.ts';
import { StoreClosedError, StoreLimitError } from './storage-error.ts';
import { openLastingLog } from './tenant-log.ts';
import type { LastingLog } from './tenant-log.ts';

export interface EmbeddedSamplingOptions {
  /** Of the whole storage. */
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EmbeddedSampling extends SamplingStore {
  /** Lets go of the folder. */
  close(): Promise<void>;
}

/** Probabilities follow from the last minutes; nobody asks for more than hours. */
const KEPT_MS = 24 * 3_600_000;
const BYTES_MAX = 32 * 2 ** 20;
const SEGMENT_BYTES = 2 ** 20;
const INSERT_BYTES_MAX = 8 * 2 ** 20;

/**
 * Sampling data in `sampling/` of the storage: throughput in a log, of which the oldest part goes when
 * it is old or there is too much; the last probabilities in a file. Nothing is opened before somebody
 * asks.
 */
export function createEmbeddedSampling(options: EmbeddedSamplingOptions): EmbeddedSampling {
  const { clock, logger, minFreeBytes } = options;
  const folder = join(options.folder, 'sampling');
  const file = createStateFile(join(folder, 'probabilities.json'), logger);
  const oneAtATime = createOneAtATime();
  let log: LastingLog | undefined;
  let isClosed = false;
  const opened = async (): Promise<LastingLog> => {
    if (isClosed) throw new StoreClosedError('the embedded storage is closed');
    return (log ??= await openLastingLog({
      ...{ folder: join(folder, 'throughput'), segmentBytes: SEGMENT_BYTES, bytesMax: BYTES_MAX },
      ...{ minFreeBytes, clock, logger },
    }));
  };
  return {
    insertThroughput: (throughput) =>
      oneAtATime(async () => {
        const record = Buffer.from(JSON.stringify({ throughput }));
        if (record.length > INSERT_BYTES_MAX) {
          throw new StoreLimitError(
            `${record.length} bytes of throughput are more than ${INSERT_BYTES_MAX}`,
          );
        }
        const open = await opened();
        await makeRoom(open.log, record.length, clock.now() - KEPT_MS);
        await open.append([record]);
      }),
    throughput: (startMs, endMs) =>
      oneAtATime(async () => {
        const from = Math.max(startMs, clock.now() - KEPT_MS);
        const found: Throughput[][] = [];
        for await (const { appendedAtMs, payload } of (await opened()).log.read()) {
          if (appendedAtMs >= from && appendedAtMs <= endMs) found.push(throughputOf(payload));
        }
        return found.flat();
      }),
    insertProbabilities: ({ hostname, operations }) =>
      oneAtATime(() => file.write({ hostname, operations })),
    latestProbabilities: () => oneAtATime(async () => probabilitiesOf(await file.read())),
    close: () =>
      oneAtATime(async () => {
        isClosed = true;
        await log?.close();
      }),
  };
}

/** Lets go of segments in which all is old, and of the oldest when there is no room for a record. */
async function makeRoom(log: RecordLog, bytes: number, before: number): Promise<void> {
  const room = BYTES_MAX - SEGMENT_BYTES - bytes;
  for (const next of log.segments().slice(1)) {
    const isOld = next.firstAppendedAtMs !== undefined && next.firstAppendedAtMs < before;
    if (!isOld && log.stats.bytes <= room) return;
    await log.releaseBefore({ segment: next.number, offset: 0 });
  }
}

function throughputOf(payload: Uint8Array): Throughput[] {
  const record: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
  if (!isJsonObject(record)) return [];
  return jsonObjects(record['throughput']).flatMap((row) => {
    const { service, operation, count, probabilities } = row;
    if (typeof service !== 'string' || typeof operation !== 'string') return [];
    if (typeof count !== 'number' || !Array.isArray(probabilities)) return [];
    return [{ service, operation, count, probabilities: probabilities.map(String) }];
  });
}

function probabilitiesOf(state: JsonObject | undefined): CalculatedProbabilities | undefined {
  if (typeof state?.['hostname'] !== 'string') return undefined;
  const operations = jsonObjects(state['operations']).flatMap((row) => {
    const { service, operation, probability, qps } = row;
    if (typeof service !== 'string' || typeof operation !== 'string') return [];
    if (typeof probability !== 'number' || typeof qps !== 'number') return [];
    return [{ service, operation, probability, qps }];
  });
  return { hostname: state['hostname'], operations };
}
