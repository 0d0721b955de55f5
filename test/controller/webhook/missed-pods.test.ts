import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import {
  isRepaired,
  missedPods,
  podsWithoutAgent,
  repairPatch,
} from '../../../src/controller/webhook/missed-pods.ts';

const REVISION = 'sidecar.jaegertracing.io/revision';
const REPAIRED = 'sidecar.jaegertracing.io/repaired';
const NOW = Date.parse('2026-06-01T12:00:00Z');

const workload = (revision: string, own: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'shop', annotations: own },
  spec: {
    selector: { matchLabels: { app: 'shop', tier: 'web' } },
    template: { metadata: { annotations: { [REVISION]: revision } } },
  },
});

const pod = (revision: string, secondsOld: number, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${revision}-${secondsOld}`,
    annotations: { [REVISION]: revision },
    creationTimestamp: new Date(NOW - secondsOld * 1000).toISOString(),
    ...more,
  },
});

describe('podsWithoutAgent', () => {
  it('selects pods of the workload that lack the label of an agent', () => {
    expect(podsWithoutAgent(workload('obs/simplest'))).toBe(
      'app=shop,tier=web,!sidecar.jaegertracing.io/injected',
    );
  });

  it('selects none for a selector that labels alone cannot say', () => {
    const object = { ...workload('obs/simplest'), spec: { selector: { matchExpressions: [] } } };
    expect(podsWithoutAgent(object)).toBeUndefined();
  });
});

describe('missedPods', () => {
  it('finds settled pods of the template as it is now', () => {
    const deleting = { deletionTimestamp: '2026-06-01T12:00:00Z' };
    const pods = [
      pod('obs/simplest', 60),
      pod('obs/simplest', 5),
      pod('obs/old', 60),
      pod('obs/simplest', 60, deleting),
    ];
    const missed = missedPods(workload('obs/simplest'), pods, NOW);
    expect(missed.map(({ metadata }) => metadata.name)).toEqual(['obs/simplest-60']);
  });

  it('finds none when the workload opted out', () => {
    expect(missedPods(workload('none;copied'), [pod('none;copied', 60)], NOW)).toEqual([]);
  });
});

describe('repair', () => {
  it('rolls the pods once for each revision', () => {
    const before = workload('obs/simplest');
    expect(isRepaired(before)).toBe(false);
    const annotations = { [REPAIRED]: 'obs/simplest' };
    expect(repairPatch(before)).toEqual({
      metadata: { annotations },
      spec: { template: { metadata: { annotations } } },
    });
    expect(isRepaired(workload('obs/simplest', annotations))).toBe(true);
    expect(isRepaired(workload('obs/other', annotations))).toBe(false);
  });
});
