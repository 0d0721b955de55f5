import { describe, expect, it } from 'vitest';
import type { FoundTrace } from '../../src/ui/api/found-trace.ts';
import { serviceActivity } from '../../src/ui/pages/start/service-activity.ts';

const trace = (
  startUs: number,
  durationUs: number,
  services: Record<string, number>,
): FoundTrace => ({
  traceId: String(startUs),
  rootService: 'a',
  rootOperation: '',
  startUs,
  durationUs,
  spanCount: 1,
  errorCount: 0,
  orphanCount: 0,
  services: Object.entries(services).map(([name, errorCount]) => ({
    name,
    spanCount: 1,
    errorCount,
  })),
});

describe('serviceActivity', () => {
  const traces = [
    trace(0, 100, { cart: 0 }),
    trace(19_999_999, 300, { cart: 2, mail: 0 }),
    trace(20_000_000, 200, { cart: 0, unknown: 1 }),
  ];
  const [cart, mail, quiet] = serviceActivity(['cart', 'mail', 'quiet'], traces, {
    fromUs: 0,
    toUs: 20_000_000,
  });

  it('counts traces a second, and the share in which the service itself failed', () => {
    expect([cart?.traceCount, cart?.tracesPerSecond, cart?.errorShare]).toEqual([3, 0.15, 1 / 3]);
    expect([mail?.traceCount, mail?.errorShare]).toEqual([1, 0]);
  });

  it('tells percentiles of the traces it is in, as a whole and over time', () => {
    expect([cart?.p50Us, cart?.p95Us]).toEqual([200, 300]);
    const gap = Array.from({ length: 18 }, () => undefined);
    expect(cart?.p50Trend).toEqual([100, ...gap, 200]);
    expect(cart?.p95Trend).toEqual([100, ...gap, 300]);
  });

  it('knows when it was seen last, and nothing of one that was not', () => {
    expect(cart?.lastSeenUs).toBe(20_000_000);
    expect(mail?.lastSeenUs).toBe(19_999_999);
    expect([quiet?.traceCount, quiet?.p50Us, quiet?.lastSeenUs]).toEqual([0, undefined, undefined]);
  });
});
