import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RecordLogStats } from '../record-log/record-log.ts';

export interface SpoolState {
  readonly stats: RecordLogStats;
  /** Records that could be read and are not what this program can use. */
  readonly unusable: number;
  /** Records that are not settled. */
  readonly waiting: number;
  readonly memoryBytes: number;
  /** Undefined when none waits. */
  readonly oldestMs: number | undefined;
}

/** Measures each fdatasync, in seconds. */
export function measureSync(metrics: Registry): (seconds: number) => void {
  const histogram = new Histogram({
    name: 'jaeger_collector_spool_fsync_duration_seconds',
    help: 'How long the disk took to make a group of records durable.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [metrics],
  });
  return (seconds) => {
    histogram.observe(seconds);
  };
}

/** Shows the state of a spool as it is when somebody asks. */
export function measureSpool(metrics: Registry, state: () => SpoolState): void {
  const gauge = (name: string, help: string, value: (now: SpoolState) => number): void => {
    new Gauge({
      name: `jaeger_collector_spool_${name}`,
      help,
      registers: [metrics],
      collect() {
        this.set(value(state()));
      },
    });
  };
  gauge('bytes', 'Bytes of the files of the spool.', ({ stats }) => stats.bytes);
  gauge('bytes_max', 'Bytes that the files of the spool may take.', ({ stats }) => stats.bytesMax);
  gauge('records', 'Batches in the spool that are not settled.', ({ waiting }) => waiting);
  gauge('memory_bytes', 'Bytes of batches in memory.', ({ memoryBytes }) => memoryBytes);
  gauge('oldest_age_seconds', 'Age of the oldest batch that is not settled; 0 for none.', (now) =>
    now.oldestMs === undefined ? 0 : now.oldestMs / 1000,
  );
  const counter = (name: string, help: string, value: (now: SpoolState) => number): void => {
    new Counter({
      name: `jaeger_collector_spool_${name}_total`,
      help,
      registers: [metrics],
      collect() {
        this.reset();
        this.inc(value(state()));
      },
    });
  };
  counter(
    'damaged_records',
    'Records of the spool that could not be read back.',
    ({ stats, unusable }) => stats.damagedRecords + unusable,
  );
  counter(
    'torn_bytes',
    'Bytes of records that were never acknowledged, cut off when the spool was opened.',
    ({ stats }) => stats.tornBytes,
  );
}
