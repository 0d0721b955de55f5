import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import type { JaegerUdp, JaegerUdpOptions } from '../../src/receivers/jaeger-udp-port.ts';
import { encodeCall, encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { Encoding, TestBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import {
  annotation,
  endpoint,
  i64,
  inList,
  struct,
  text,
} from '../wire/zipkin/encode-with-npm-thrift.ts';
import { createIntake, metricValue } from './jaeger-harness.ts';
import { portOf, startTestUdp } from './start-test-udp.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const BATCH: TestBatch = {
  serviceName: 'svc',
  spans: [1n, 2n].map((spanId) => ({
    traceId: 7n,
    spanId,
    parentSpanId: 0n,
    name: 'op',
    flags: 1,
    startMicros: 1_700_000_000_000_000n,
    durationMicros: 5n,
  })),
};
const PACKET = encodeEmitBatch(BATCH, 'compact');
const SHOP = endpoint('shop');
const ZIPKIN_SPAN = struct(
  i64(1, 7n),
  text(3, 'get'),
  i64(4, 9n),
  i64(5, 8n),
  inList(6, [
    annotation(1_700_000_000_000_000n, 'sr', SHOP),
    annotation(1_700_000_000_000_250n, 'ss', SHOP),
  ]),
  i64(10, 1_700_000_000_000_000n),
  i64(11, 250n),
);
const PACKETS = 'jaeger_agent_thrift_udp_server_packets';

describe('startJaegerUdp', () => {
  it.runIf(process.platform === 'linux')(
    'counts every packet once: processed, or lost in the kernel for want of a buffer',
    async () => {
      const intake = createIntake();
      const udp = await startTestUdp(intake, { socketBufferBytes: 1 });
      const sender = await connectedTo(udp);
      // In one turn of the event loop, so that nothing is read in between.
      for (let count = 0; count < 100; count++) sender.send(PACKET);
      const count = (name: string): Promise<number> =>
        metricValue(intake.metrics, `${PACKETS}_${name}_total`, { protocol: 'compact' });
      let processed = 0;
      let lost = 0;
      while (processed + lost < 100) {
        await new Promise(setImmediate);
        processed = await count('processed');
        lost = await count('dropped');
      }
      expect(processed + lost).toBe(100);
      expect(processed).toBeGreaterThan(0);
      expect(
        await metricValue(intake.metrics, `${PACKETS}_dropped_total`, { reason: 'kernel' }),
      ).toBe(lost);
      expect(lost).toBeGreaterThan(0);
      await udp.stop();
      expect(await count('dropped')).toBe(lost);
    },
  );

  it.each<[Encoding, JaegerUdpOptions['model'], number]>([
    ['compact', 'zipkin', 0],
    ['compact', 'jaeger', 0],
    ['binary', 'jaeger', 0],
    ['compact', 'zipkin', 2],
  ])(
    "finds the span of a packet of Zipkin's (%s, %s port, %i threads)",
    async (encoding, model, threads) => {
      const intake = createIntake();
      const udp = await startTestUdp(intake, { encoding, model, threads });
      expect(udp.addresses[0]?.name).toBe(`${model} thrift ${encoding}`);
      const sender = await connectedTo(udp);
      sender.send(encodeCall('emitZipkinBatch', encoding, inList(1, [ZIPKIN_SPAN])));
      await intake.arrived(1);
      expect(intake.spans).toMatchObject([
        {
          traceId: '00000000000000000000000000000007',
          spanId: '0000000000000009',
          parentSpanId: '0000000000000008',
          name: 'get',
          kind: 'server',
          startTimeUnixNano: 1_700_000_000_000_000_000n,
          endTimeUnixNano: 1_700_000_000_000_250_000n,
          resource: { serviceName: 'shop' },
        },
      ]);
      const labels = { transport: 'udp', format: 'zipkin', svc: 'shop' };
      const received = 'jaeger_collector_spans_received_total';
      expect(await metricValue(intake.metrics, received, labels)).toBe(1);
    },
  );

  it('shows how much buffer the kernel gives', async () => {
    const intake = createIntake();
    const udp = await startTestUdp(intake);
    expect(udp.receiveBufferBytes).toBeGreaterThan(0);
    expect(
      await metricValue(intake.metrics, 'jaeger_agent_thrift_udp_server_receive_buffer_bytes'),
    ).toBe(udp.receiveBufferBytes);
  });
});

describe('startJaegerUdp with threads', () => {
  it('shares one port between the threads, with one set of books', async () => {
    const intake = createIntake();
    const udp = await startTestUdp(intake, { threads: 2 });
    // Each sender has an address of its own, by which the kernel chooses a thread.
    for (let sender = 0; sender < 16; sender++) {
      const socket = await connectedTo(udp);
      socket.send(PACKET);
      socket.send(Buffer.from('garbage'));
    }
    await intake.arrived(32);
    await udp.stop();
    expect(intake.spans.map(({ name }) => name)).toEqual(Array.from({ length: 32 }, () => 'op'));
    expect(await metricValue(intake.metrics, `${PACKETS}_processed_total`)).toBe(16);
    expect(
      await metricValue(intake.metrics, 'jaeger_agent_thrift_udp_t_processor_handler_errors_total'),
    ).toBe(16);
  });

  it('counts packets whose spans the sink refuses', async () => {
    const intake = createIntake(() => Promise.reject(new SinkOverloadedError('full', 1)));
    const udp = await startTestUdp(intake, { threads: 1 });
    (await connectedTo(udp)).send(PACKET);
    while ((await metricValue(intake.metrics, 'jaeger_collector_spans_rejected_total')) < 2) {
      await new Promise(setImmediate);
    }
    await udp.stop();
    expect(
      await metricValue(intake.metrics, `${PACKETS}_dropped_total`, { reason: 'refused' }),
    ).toBe(1);
  });

  it('says which address is in use', async () => {
    const udp = await startTestUdp(createIntake());
    const hostPort = { host: '127.0.0.1', port: portOf(udp) };
    await expect(startTestUdp(createIntake(), { hostPort, threads: 2 })).rejects.toThrow(
      `jaeger thrift compact: 127.0.0.1:${hostPort.port} is in use`,
    );
  });
});

async function connectedTo(udp: JaegerUdp): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.connect(portOf(udp), '127.0.0.1', resolve);
  });
  cleanups.push(
    () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  );
  return socket;
}
