import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import { acknowledgeSettings } from '../../src/pipeline/acknowledge-config.ts';
import { openAcknowledge } from '../../src/pipeline/open-acknowledge.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHealth } from '../../src/runtime/health.ts';
import type { HealthRegistry } from '../../src/runtime/health.ts';
import { resolveConfig } from '../../src/runtime/resolve-config.ts';
import { ledgerOf } from '../harness/ledger.ts';
import type { LedgerTotals } from '../harness/ledger.ts';

export interface PipelineUnderTest {
  readonly pipeline: Pipeline;
  readonly metrics: Registry;
  readonly health: HealthRegistry;
  /** Log lines of level warn and above. */
  readonly warnings: readonly Warning[];
  /** Throws when the books do not balance. */
  readonly ledger: () => Promise<LedgerTotals>;
}

export interface Warning {
  readonly msg: string;
  readonly reason?: string;
  readonly spans?: number;
  readonly total?: number;
}

/** A pipeline as the collector role makes it of these flags. */
export async function aPipeline(
  destination: Sink,
  flags: Readonly<Record<string, string>>,
  { clock = systemClock, queueSize = 100 }: { clock?: Clock; queueSize?: number } = {},
): Promise<PipelineUnderTest> {
  const config = resolveConfig(acknowledgeSettings, {
    flags: new Map(Object.entries({ 'collector.spool.min-free-bytes': '0', ...flags })),
    env: {},
    file: null,
    fileName: '',
  });
  const metrics = new Registry();
  const health = createHealth(() => clock.now());
  const warnings: Warning[] = [];
  const write = (line: string): void => {
    warnings.push(JSON.parse(line) as Warning);
  };
  const logger = pino({ level: 'warn', base: null, timestamp: false }, { write });
  const deps = { metrics, health, logger, clock };
  const pipeline = createPipeline({
    acknowledge: await openAcknowledge({ ...config, queueSize }, deps),
    destination,
    metrics,
    batchesMax: 1000,
    bytesMax: 1_000_000,
    serviceNamesMax: 10,
    tags: new Map(),
  });
  const ledger = async (): Promise<LedgerTotals> => ledgerOf(await metrics.metrics());
  return { pipeline, metrics, health, warnings, ledger };
}
