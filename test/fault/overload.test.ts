import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryEnvironment } from '../../src/controller/desired/memory-environment.ts';
import { startCollectorProcess } from '../harness/collector-process.ts';
import type { CollectorProcess } from '../harness/collector-process.ts';
import { startLoad } from '../harness/load-generator.ts';
import type { LoadGenerator } from '../harness/load-generator.ts';
import { createMemoryCgroup, hasMemoryCgroups } from '../harness/memory-cgroup.ts';
import type { MemoryCgroup } from '../harness/memory-cgroup.ts';
import type { LoadCounts } from '../harness/otlp-load.ts';

/** As the Dockerfile has it. */
const IMAGE_ENVIRONMENT = {
  NODE_OPTIONS: '--max-old-space-size-percentage=50 --max-semi-space-size=4',
};
const LIMIT_BYTES = 512 * 2 ** 20;
const WARM_UP_MS = 2000;
/** The middle one of several short times counts: what disturbs one of them does not. */
const WINDOW_MS = 1000;
const WINDOWS = 5;
/** 0.9 MB a request: 360 MB of them are under way at once, more than the limit leaves. */
const SPANS_PER_REQUEST = 2000;
const PEAK_CONNECTIONS = 8;
const OVERLOAD_CONNECTIONS = 200;
const RETRYABLE = ['200', '429', '502', '503', '504'];

let closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

function load(collector: CollectorProcess, connections: number): LoadGenerator {
  const port = collector.otlpHttpPort;
  return startLoad({ port, connections, spansPerRequest: SPANS_PER_REQUEST });
}

async function acceptedBy(loads: readonly LoadGenerator[]): Promise<number> {
  const counts = await Promise.all(loads.map((one) => one.counts()));
  return counts.reduce((sum, { spansAccepted }) => sum + spansAccepted, 0);
}

/** Spans taken a CPU second of the collector: what it gets done, whoever else uses the machine. */
async function goodput(
  collector: CollectorProcess,
  loads: readonly LoadGenerator[],
): Promise<number> {
  await pause(WARM_UP_MS);
  const rates: number[] = [];
  let spans = await acceptedBy(loads);
  let cpu = collector.cpuSeconds();
  for (let window = 0; window < WINDOWS; window += 1) {
    await pause(WINDOW_MS);
    const [spansNow, cpuNow] = [await acceptedBy(loads), collector.cpuSeconds()];
    rates.push((spansNow - spans) / (cpuNow - cpu));
    [spans, cpu] = [spansNow, cpuNow];
  }
  return rates.toSorted((one, other) => one - other)[Math.floor(WINDOWS / 2)] ?? Number.NaN;
}

async function limitedCollector(): Promise<{ collector: CollectorProcess; cgroup: MemoryCgroup }> {
  const cgroup = createMemoryCgroup(LIMIT_BYTES);
  const bounds = memoryEnvironment('512Mi', new Map()).map(
    ({ name, value }) => [name, value] as const,
  );
  const collector = await startCollectorProcess({
    wrap: (command) => cgroup.wrap(command),
    env: { ...IMAGE_ENVIRONMENT, ...Object.fromEntries(bounds) },
  });
  closing.push(async () => {
    await collector.stop();
    cgroup.remove();
  });
  return { collector, cgroup };
}

async function stopAll(loads: readonly LoadGenerator[]): Promise<readonly LoadCounts[]> {
  return Promise.all(loads.map((one) => one.stop()));
}

describe.skipIf(!hasMemoryCgroups())('a collector in a container of 512 MiB', () => {
  it('keeps its goodput, its memory and its books under three times what it can take', async () => {
    const { collector, cgroup } = await limitedCollector();
    const calm = [load(collector, PEAK_CONNECTIONS)];
    // The first round fills the storage: from then on, taking a span means letting one go.
    await goodput(collector, calm);
    const peak = await goodput(collector, calm);
    const counts = [...(await stopAll(calm))];

    const many = [load(collector, OVERLOAD_CONNECTIONS), load(collector, OVERLOAD_CONNECTIONS)];
    const overloaded = await goodput(collector, many);
    const overload = await stopAll(many);
    counts.push(...overload);

    const again = [load(collector, PEAK_CONNECTIONS)];
    const recovered = await goodput(collector, again);
    counts.push(...(await stopAll(again)));

    // What a machine gives to one process drifts: calm before and calm after say what is usual.
    const calmly = (peak + recovered) / 2;
    process.stdout.write(
      `goodput ${(overloaded / calmly).toFixed(2)} of the peak; spans a CPU second: ${Math.round(peak)} at peak, ${Math.round(overloaded)} overloaded, ` +
        `${Math.round(recovered)} after; resident at most ${Math.round(collector.peakBytes() / 2 ** 20)} MiB\n`,
    );
    expect(cgroup.killed()).toBe(0);
    for (const { byStatus, withoutDelay, cut } of counts) {
      expect(Object.keys(byStatus).filter((status) => !RETRYABLE.includes(status))).toEqual([]);
      expect([withoutDelay, cut]).toEqual([0, 0]);
    }
    const spansAccepted = counts.reduce((sum, one) => sum + one.spansAccepted, 0);
    const book = (name: string): Promise<number> =>
      collector.metric(`jaeger_collector_spans_${name}`);
    expect(await book('accepted_total')).toBe(spansAccepted);
    expect(await book('received_total')).toBe(
      spansAccepted + (await book('rejected_total')) + (await book('dropped_total')),
    );
    expect(await book('in_flight')).toBe(0);
    // Both loads were served alike, though one connected first.
    const [one = 0, other = 0] = overload.map((load) => load.spansAccepted);
    expect(Math.min(one, other) / Math.max(one, other)).toBeGreaterThan(0.2);
    // Nine tenths on a machine of its own; a test shares its machine.
    expect(overloaded / calmly).toBeGreaterThan(0.7);
    expect(recovered / peak).toBeGreaterThan(0.7);
  }, 120_000);

  it('takes no more than 350 MB for a hundred connections at full load', async () => {
    // Its own need, without what it is told to store; sources take 40 MB more than the bundle does.
    const collector = await startCollectorProcess({
      flags: ['--memory.max-bytes=16Mi'],
      env: IMAGE_ENVIRONMENT,
    });
    closing.push(() => collector.stop());
    const full = [
      startLoad({ port: collector.otlpHttpPort, connections: 100, spansPerRequest: 500 }),
    ];
    await goodput(collector, full);
    await stopAll(full);
    process.stdout.write(`resident at most ${Math.round(collector.peakBytes() / 1e6)} MB\n`);
    expect(collector.peakBytes()).toBeLessThan(350e6);
  }, 60_000);
});
