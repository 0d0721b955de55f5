import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import type { Span } from '../../../src/model/span.ts';
import type { TraceSource } from '../../../src/tools/tracegen/generate-trace.ts';
import { createSender } from '../../../src/tools/tracegen/otlp-sender.ts';
import { runTracegen } from '../../../src/tools/tracegen/run-tracegen.ts';
import type { TracegenOptions } from '../../../src/tools/tracegen/run-tracegen.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { startCollectingServer } from '../../harness/otlp-collecting-server.ts';

const OPTIONS: TracegenOptions = {
  workers: 1,
  traces: 1,
  spans: 1,
  attributes: 2,
  attributeKeys: 97,
  attributeValues: 1000,
  debug: false,
  firehose: false,
  durationMs: 0,
  pauseMs: 0,
  service: 'tracegen',
  services: 1,
};

function countingSource(): TraceSource {
  let made = 0;
  return {
    randomBytes: (length) => {
      made += 1;
      const bytes = new Uint8Array(length);
      bytes[length - 1] = made;
      return bytes;
    },
    randomInteger: (limit) => 7 % limit,
    nowUnixNano: () => 1_000_000_000n,
  };
}

async function generate(
  options: Partial<TracegenOptions>,
  clock: Clock = systemClock,
): Promise<Span[]> {
  const spans: Span[] = [];
  const sender = {
    send: (otlp: Uint8Array) => {
      spans.push(...decodeSpans(otlp));
      return Promise.resolve();
    },
    close: () => undefined,
  };
  const { signal } = new AbortController();
  await runTracegen(
    { ...OPTIONS, ...options },
    { sender, clock, source: countingSource(), signal },
  );
  return spans;
}

describe('runTracegen', () => {
  it('makes a root and its children, one after the other', async () => {
    const spans = await generate({ spans: 2 });
    expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['lets-go', ''],
      ['okey-dokey-0', '0000000000000002'],
      ['okey-dokey-1', '0000000000000002'],
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans[1]?.endTimeUnixNano).toBe(spans[2]?.startTimeUnixNano);
    expect(spans[1]?.attributes).toEqual([
      { key: 'attr_7', value: { type: 'string', value: 'val_7' } },
      { key: 'attr_7', value: { type: 'string', value: 'val_7' } },
    ]);
  });

  it('lets every worker make its share', async () => {
    const spans = await generate({ workers: 3, traces: 4 });
    expect(spans.filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(12);
  });

  it('numbers the services when there are several', async () => {
    const spans = await generate({ traces: 3, spans: 0, services: 3 });
    expect(spans.map(({ resource }) => resource.serviceName)).toEqual([
      'tracegen-00',
      'tracegen-01',
      'tracegen-02',
    ]);
  });

  it('goes on for the duration, whatever the number of traces', async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      monotonic: () => now,
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
    };
    const spans = await generate({ traces: 1, spans: 0, durationMs: 50, pauseMs: 10 }, clock);
    expect(spans).toHaveLength(5);
  });

  it('counts what the collector did not take and keeps the reason', async () => {
    const sender = { send: () => Promise.reject(new Error('no route')), close: () => undefined };
    const { signal } = new AbortController();
    const deps = { sender, clock: systemClock, source: countingSource(), signal };
    expect(await runTracegen({ ...OPTIONS, traces: 2 }, deps)).toEqual({
      traces: 2,
      sentSpans: 0,
      failedSpans: 4,
      lastError: 'no route',
    });
  });

  it('sends over OTLP/HTTP', async () => {
    const server = await startCollectingServer();
    const sender = createSender('otlp-http', server.url);
    const { signal } = new AbortController();
    const deps = { sender, clock: systemClock, source: countingSource(), signal };
    const result = await runTracegen({ ...OPTIONS, traces: 300 }, deps);
    await server.stop();
    expect(result.sentSpans).toBe(600);
    expect(server.spans).toHaveLength(600);
  });
});
