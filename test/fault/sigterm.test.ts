import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startCollectorProcess } from '../harness/collector-process.ts';
import { startLoad } from '../harness/load-generator.ts';

const RESTARTS = 20;
const CONNECTIONS = 20;
const COUNTING_COLLECTOR = fileURLToPath(
  new URL('../harness/counting-collector.ts', import.meta.url),
);

describe('a collector that is told to stop under load', () => {
  it('keeps every span it said it would, and tells nobody that trying again is no use', async () => {
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      const collector = await startCollectorProcess({ program: [COUNTING_COLLECTOR] });
      const port = collector.otlpHttpPort;
      const load = startLoad({ port, connections: CONNECTIONS, spansPerRequest: 100 });
      while ((await load.counts()).spansAccepted === 0) await pause(10);
      await pause(5 * restart);
      const startedAt = performance.now();
      collector.signal('SIGTERM');
      expect(await collector.ended).toBe(0);
      expect(performance.now() - startedAt).toBeLessThan(25_000);
      const { byStatus, spansAccepted, withoutDelay } = await load.stop();
      expect(
        Object.keys(byStatus).filter((status) => status !== '200' && status !== '503'),
      ).toEqual([]);
      expect(withoutDelay).toBe(0);
      expect(spansAccepted).toBeGreaterThan(0);
      // What was stored and not answered is sent again: more may be stored, never less.
      expect(collector.storedAtEnd()).toBeGreaterThanOrEqual(spansAccepted);
    }
  }, 300_000);
});
