import { describe, expect, it } from 'vitest';
import { KubeApiError } from '../../src/controller/kube/kube-api.ts';
import type { KubeApi, ListOptions } from '../../src/controller/kube/kube-api.ts';
import type { KubeObject } from '../../src/controller/kube-object.ts';
import { createWarningEvents } from '../../src/controller/warning-events.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-01-01T00:09:30Z');
const ABOUT = { namespace: 'n', kind: 'Pod', name: 'p' };

function anEvent(reason: string, note: string, more: object = {}): KubeObject {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: note, creationTimestamp: '2026-01-01T00:00:00Z' },
    reason,
    note,
    ...more,
  };
}

function eventsOf(
  items: readonly KubeObject[] | Error,
): Pick<KubeApi, 'list'> & { readonly asked: ListOptions[] } {
  const asked: ListOptions[] = [];
  return {
    asked,
    list: (_kind, options) => {
      asked.push(options);
      if (items instanceof Error) return Promise.reject(items);
      return Promise.resolve({ items, resourceVersion: '1', continue: '' });
    },
  };
}

describe('warning events', () => {
  it('gives the newest of the wanted ones, whoever wrote down when it was', async () => {
    const api = eventsOf([
      anEvent('Scheduled', 'to a node', { deprecatedLastTimestamp: '2026-01-01T00:09:00Z' }),
      anEvent('FailedMount', 'first', { deprecatedLastTimestamp: '2026-01-01T00:01:00Z' }),
      anEvent('FailedMount', 'second', {
        series: { count: 2, lastObservedTime: '2026-01-01T00:02:00.000000Z' },
      }),
    ]);
    const newest = await createWarningEvents(api, () => NOW).newest(ABOUT, ['FailedMount'], signal);
    expect(newest).toBe('FailedMount, second');
    expect(api.asked).toEqual([
      { namespace: 'n', fieldSelector: 'regarding.kind=Pod,regarding.name=p', limit: 100 },
    ]);
  });

  it('has nothing to say when nobody said anything of late, or it may not look', async () => {
    const forbidden = new KubeApiError('no', { status: 403, reason: 'Forbidden' });
    const old = anEvent('FailedMount', 'of a pod before', {
      metadata: { name: 'old', creationTimestamp: '2025-12-31T23:59:29Z' },
    });
    for (const items of [[], [old], forbidden]) {
      const newest = createWarningEvents(eventsOf(items), () => NOW).newest(
        ABOUT,
        ['FailedMount'],
        signal,
      );
      expect(await newest).toBeUndefined();
    }
  });
});
