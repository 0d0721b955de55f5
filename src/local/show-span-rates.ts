import { request } from 'undici';
import { errorText } from '../runtime/errors.ts';
import { formatSpanRates, readSpanCounts } from './span-counts.ts';
import type { SpanCounts } from './span-counts.ts';

const INTERVAL_MS = 1000;
const CLEAR_LINE = '\r\u001B[K';

/** Keeps one line of a terminal up to date with what flows; returns how to stop. */
export function showSpanRates(
  metricsUrl: string,
  output: Pick<NodeJS.WriteStream, 'write'>,
): () => void {
  let before: SpanCounts | undefined;
  let beforeMs = 0;
  const show = async (): Promise<void> => {
    const { body } = await request(metricsUrl, { signal: AbortSignal.timeout(INTERVAL_MS) });
    const counts = readSpanCounts(await body.text());
    const nowMs = performance.now();
    if (before !== undefined) {
      const rates = formatSpanRates(before, counts, (nowMs - beforeMs) / 1000);
      output.write(`${CLEAR_LINE}  ${rates}      Ctrl-C stops`);
    }
    before = counts;
    beforeMs = nowMs;
  };
  const timer = setInterval(() => {
    show().catch((error: unknown) => {
      output.write(`${CLEAR_LINE}  no metrics: ${errorText(error)}`);
    });
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    output.write(`${CLEAR_LINE}\n`);
  };
}
