import { createSocket } from 'node:dgram';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJaegerClientStats } from '../../src/receivers/jaeger-client-stats.ts';
import type { JaegerClientStats } from '../../src/receivers/jaeger-client-stats.ts';
import { startJaegerThriftHttp } from '../../src/receivers/jaeger-thrift-http.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import type { FakeClock } from '../harness/fake-clock.ts';
import { encodeBatch, encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { TestBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { createIntake, metricValue } from './jaeger-harness.ts';
import { portOf, startTestUdp } from './start-test-udp.ts';

const PREFIX = 'jaeger_agent_client_stats';
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function figures(metrics: Registry): Promise<Readonly<Record<string, number>>> {
  const cause = (of: string): Promise<number> =>
    metricValue(metrics, `${PREFIX}_spans_dropped_total`, { cause: of });
  return {
    clients: await metricValue(metrics, `${PREFIX}_connected_clients`),
    received: await metricValue(metrics, `${PREFIX}_batches_received_total`),
    sent: await metricValue(metrics, `${PREFIX}_batches_sent_total`),
    fullQueue: await cause('full-queue'),
    tooLarge: await cause('too-large'),
    sendFailure: await cause('send-failure'),
  };
}

const NONE = { clients: 0, received: 0, sent: 0, fullQueue: 0, tooLarge: 0, sendFailure: 0 };
const drops = (fullQueue: number, tooLarge: number, failedToEmit: number) => ({
  fullQueue,
  tooLarge,
  failedToEmit,
});

describe('createJaegerClientStats', () => {
  let metrics: Registry;
  let clock: FakeClock;
  let stats: JaegerClientStats;
  beforeEach(() => {
    metrics = new Registry();
    clock = createFakeClock();
    stats = createJaegerClientStats(metrics, clock);
  });

  it('shows every figure before anybody sends', async () => {
    expect(await figures(metrics)).toEqual(NONE);
    expect(await metrics.metrics()).toContain(`${PREFIX}_spans_dropped_total{cause="too-large"} 0`);
  });

  it('counts from the first batch of a client on, the batches it lost among those it sent', async () => {
    stats.record({ clientUuid: 'a', seqNo: 100, drops: drops(10, 20, 30) });
    expect(await figures(metrics)).toEqual({ ...NONE, clients: 1, received: 1 });
    stats.record({ clientUuid: 'a', seqNo: 101, drops: drops(11, 20, 30) });
    stats.record({ clientUuid: 'a', seqNo: 105, drops: drops(12, 23, 35) });
    const expected = { received: 3, sent: 5, fullQueue: 2, tooLarge: 3, sendFailure: 5 };
    expect(await figures(metrics)).toEqual({ ...expected, clients: 1 });
  });

  it('counts nothing twice when batches come late or again', async () => {
    stats.record({ clientUuid: 'a', seqNo: 1, drops: drops(0, 0, 0) });
    stats.record({ clientUuid: 'a', seqNo: 3, drops: drops(2, 0, 0) });
    stats.record({ clientUuid: 'a', seqNo: 2, drops: drops(1, 0, 0) });
    stats.record({ clientUuid: 'a', seqNo: 3, drops: drops(2, 0, 0) });
    expect(await figures(metrics)).toMatchObject({ received: 4, sent: 2, fullQueue: 2 });
  });

  it('survives a client that counts backwards, and one that does not say what it lost', async () => {
    stats.record({ clientUuid: 'a', seqNo: 1, drops: drops(5, 5, 5) });
    stats.record({ clientUuid: 'a', seqNo: 2, drops: drops(1, 6, 5) });
    stats.record({ clientUuid: 'b', seqNo: 1, drops: undefined });
    stats.record({ clientUuid: 'b', seqNo: 2, drops: undefined });
    expect(await figures(metrics)).toEqual({
      ...NONE,
      clients: 2,
      received: 4,
      sent: 2,
      tooLarge: 1,
    });
  });

  it('forgets a client that was not heard of for an hour', async () => {
    stats.record({ clientUuid: 'a', seqNo: 1, drops: undefined });
    await clock.advance(1_800_000);
    stats.record({ clientUuid: 'b', seqNo: 1, drops: undefined });
    await clock.advance(1_800_000);
    expect(await figures(metrics)).toMatchObject({ clients: 1 });
    stats.record({ clientUuid: 'a', seqNo: 50, drops: undefined });
    expect(await figures(metrics)).toMatchObject({ clients: 2, received: 3, sent: 0 });
  });

  it('forgets who was not heard of the longest when there are too many, and says so', async () => {
    for (let client = 0; client < 10_000; client += 1) {
      stats.record({ clientUuid: `c${client}`, seqNo: 1, drops: undefined });
    }
    stats.record({ clientUuid: 'c0', seqNo: 2, drops: undefined });
    stats.record({ clientUuid: 'new', seqNo: 1, drops: undefined });
    stats.record({ clientUuid: 'c0', seqNo: 3, drops: undefined });
    expect(await figures(metrics)).toMatchObject({ clients: 10_000, sent: 2 });
    expect(await metricValue(metrics, `${PREFIX}_clients_forgotten_total`)).toBe(1);
  });
});

function batch(seqNo: bigint): TestBatch {
  return {
    serviceName: 'svc',
    processTags: [{ key: 'client-uuid', value: { type: 'string', value: 'a' } }],
    seqNo,
    drops: [seqNo, 0n, 0n],
    spans: [
      {
        traceId: 7n,
        spanId: seqNo,
        parentSpanId: 0n,
        name: 'op',
        flags: 1,
        startMicros: 1_700_000_000_000_000n,
        durationMicros: 5n,
      },
    ],
  };
}
const EXPECTED = { ...NONE, clients: 1, received: 2, sent: 4, fullQueue: 4 };

describe('receivers of thrift', () => {
  it.each([0, 2])('tell over UDP what clients say, with %i threads', async (threads) => {
    const intake = createIntake();
    const port = portOf(await startTestUdp(intake, { threads }));
    const socket = createSocket('udp4');
    cleanups.push(() => new Promise((resolve) => socket.close(resolve)));
    for (const [index, seqNo] of [3n, 7n].entries()) {
      socket.send(encodeEmitBatch(batch(seqNo), 'compact'), port, '127.0.0.1');
      await intake.arrived(index + 1);
    }
    expect(await figures(intake.metrics)).toEqual(EXPECTED);
  });

  it('tell over HTTP what clients say', async () => {
    const intake = createIntake();
    const limits = {
      headersTimeoutMs: 1000,
      requestTimeoutMs: 5000,
      idleTimeoutMs: 1000,
      connectionsMax: 10,
    };
    const hostPort = { host: '127.0.0.1', port: 0 };
    const running = await startJaegerThriftHttp({ hostPort, bodyBytesMax: 4096, limits }, intake);
    cleanups.push(() => running.stop());
    const url = `http://127.0.0.1:${running.addresses[0]?.port ?? 0}/api/traces`;
    const headers = { 'content-type': 'application/x-thrift' };
    for (const seqNo of [3n, 7n]) {
      const body = new Uint8Array(encodeBatch(batch(seqNo), 'binary'));
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(202);
    }
    expect(await figures(intake.metrics)).toEqual(EXPECTED);
  });
});
