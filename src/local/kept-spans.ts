import { request } from 'undici';
import { sumOfMetric } from './span-counts.ts';

/** What an embedded storage holds. */
export interface KeptSpans {
  readonly spans: number;
  /** On disk, logs included. */
  readonly bytes: number;
}

const TIMEOUT_MS = 5000;
const PREFIX = 'jaeger_storage_embedded';

/** Asks the process that has the storage. */
export async function keptSpans(metricsUrl: string): Promise<KeptSpans> {
  const { body } = await request(metricsUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const metrics = await body.text();
  const sum = (name: string): number => sumOfMetric(metrics, `${PREFIX}_${name}`);
  return { spans: sum('spans') + sum('head_spans'), bytes: sum('bytes') + sum('log_bytes') };
}
