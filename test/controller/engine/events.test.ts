import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import type { EngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createEventRecorder } from '../../../src/controller/engine/events.ts';
import type { EventLimits, EventRecorder } from '../../../src/controller/engine/events.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import type { FakeClock } from '../../harness/fake-clock.ts';
import { startFakeKubeServer } from '../../harness/fake-kube-server.ts';
import type { FakeKubeServer } from '../../harness/fake-kube-server.ts';

const EVENT = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true };
const NOTE = { type: 'Warning', reason: 'Broken', action: 'Reconcile', note: 'it is' } as const;
const aWidget = (name: string): KubeObject => ({
  apiVersion: 'tests/v1',
  kind: 'Widget',
  metadata: { namespace: 'ns', name, uid: `uid-${name}` },
});

describe('the event recorder', () => {
  let server: FakeKubeServer;
  let client: KubeClient;
  let clock: FakeClock;
  let metrics: EngineMetrics;

  const recorder = (limits: Partial<EventLimits> = {}): EventRecorder =>
    createEventRecorder({
      api: client.api,
      controller: 'tests/operator',
      instance: 'operator-0',
      clock,
      logger: pino({ level: 'silent' }),
      metrics,
      limits,
    });
  const stored = async (): Promise<readonly KubeObject[]> =>
    (await client.api.list(EVENT, {}, AbortSignal.timeout(5000))).items;
  const counts = async (): Promise<Record<string, number>> => {
    const { values } = await metrics.events.get();
    return Object.fromEntries(
      values.map(({ labels, value }): [string, number] => [String(labels.result), value]),
    );
  };
  const writes = (): string[] =>
    server.requests.map(({ what }) => what).filter((what) => !what.startsWith('GET'));

  beforeEach(async () => {
    server = await startFakeKubeServer('events');
    client = createKubeClient({ config: server.config, metrics: new Registry() });
    clock = createFakeClock();
    metrics = createEngineMetrics(new Registry());
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('says what happened to which object, and who says so', async () => {
    const events = recorder();
    events.record(aWidget('a'), NOTE);
    await events.flush();
    const [event] = await stored();
    expect(event).toMatchObject({
      ...NOTE,
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'tests/operator',
      reportingInstance: 'operator-0',
      regarding: { apiVersion: 'tests/v1', kind: 'Widget', name: 'a', uid: 'uid-a' },
    });
    expect(event?.metadata.name).toMatch(/^a\.[0-9a-f]+$/);
  });

  it('counts the same event up for 6 minutes after the last one, then tells it anew', async () => {
    const events = recorder();
    for (const waitMs of [0, 1000, 359_000, 360_000]) {
      await clock.advance(waitMs);
      events.record(aWidget('a'), NOTE);
      await events.flush();
    }
    expect(writes()).toEqual(['POST', 'PATCH', 'PATCH', 'POST']);
    const [first] = await stored();
    expect(first?.['series']).toEqual({
      count: 3,
      lastObservedTime: '2026-01-01T00:06:00.000000Z',
    });
  });

  it('tells another note, and the same of another object, as events of their own', async () => {
    const events = recorder();
    events.record(aWidget('a'), NOTE);
    events.record(aWidget('a'), { ...NOTE, note: 'it is still' });
    events.record(aWidget('b'), NOTE);
    await events.flush();
    expect(writes()).toEqual(['POST', 'POST', 'POST']);
  });

  it('tells an event anew when the one to count up is gone', async () => {
    const events = recorder();
    events.record(aWidget('a'), NOTE);
    await events.flush();
    server.failNext('PATCH', { status: 404, reason: 'NotFound' });
    events.record(aWidget('a'), NOTE);
    await events.flush();
    expect(writes()).toEqual(['POST', 'PATCH', 'POST']);
    expect(await counts()).toEqual({ sent: 2 });
  });

  it('gives every object its own budget, refilled with time', async () => {
    const events = recorder({ burst: 2, refillMs: 1000 });
    for (let at = 0; at < 5; at++) events.record(aWidget('a'), { ...NOTE, note: `note ${at}` });
    events.record(aWidget('b'), NOTE);
    await events.flush();
    expect(await counts()).toEqual({ sent: 3, limited: 3 });
    await clock.advance(999);
    events.record(aWidget('a'), { ...NOTE, note: 'too early' });
    await clock.advance(1);
    events.record(aWidget('a'), { ...NOTE, note: 'in time' });
    await events.flush();
    expect((await stored()).map((event) => event['note'])).toEqual([
      'note 0',
      'note 1',
      'it is',
      'in time',
    ]);
  });

  it('lets only so many wait, without waiting for the server itself', async () => {
    const events = recorder({ queueMax: 3 });
    for (let at = 0; at < 10; at++) events.record(aWidget(`w${at}`), NOTE);
    expect(server.requests).toEqual([]);
    expect(await counts()).toEqual({ limited: 7 });
    await events.flush();
    events.record(aWidget('after'), NOTE);
    await events.flush();
    expect(await counts()).toEqual({ limited: 7, sent: 4 });
  });

  it('counts what the server refuses, and goes on', async () => {
    const events = recorder();
    server.failNext('POST', { status: 403, reason: 'Forbidden' });
    events.record(aWidget('a'), NOTE);
    events.record(aWidget('b'), NOTE);
    await events.flush();
    expect(await counts()).toEqual({ failed: 1, sent: 1 });
  });

  it('gives up what a silent server has not taken 5 s after it was asked to flush', async () => {
    const events = recorder();
    server.failNext('POST', { status: 0 });
    for (const name of ['a', 'b', 'c']) events.record(aWidget(name), NOTE);
    await vi.waitFor(() => {
      expect(writes()).toEqual(['POST']);
    });
    const flushed = events.flush();
    await clock.advance(5000);
    await flushed;
    expect(await counts()).toEqual({ failed: 3 });
    events.record(aWidget('d'), NOTE);
    await events.flush();
    expect(await counts()).toEqual({ failed: 3, sent: 1 });
  });

  it('cuts a note at 1,024 bytes and never within a character', async () => {
    const events = recorder();
    events.record(aWidget('a'), { ...NOTE, note: `a${'é'.repeat(600)}` });
    await events.flush();
    const [event] = await stored();
    expect(event?.['note']).toBe(`a${'é'.repeat(511)}`);
  });
});
