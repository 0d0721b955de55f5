import { describe, expect, it } from 'vitest';
import { componentState } from '../../../src/controller/api/component-state.ts';

const LABELS = { 'app.kubernetes.io/component': 'query' };
const SPEC = { replicas: 2, template: { spec: { containers: [{ image: 'i:1' }] } } };

describe('componentState', () => {
  it('reads a Deployment', () => {
    expect(
      componentState({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', generation: 4, labels: LABELS },
        spec: SPEC,
        status: { observedGeneration: 4, readyReplicas: 1, updatedReplicas: 2 },
      }),
    ).toEqual({
      name: 'a',
      kind: 'Deployment',
      component: 'query',
      desired: 2,
      ready: 1,
      updated: 2,
      image: 'i:1',
    });
  });

  it('reads a StatefulSet', () => {
    expect(
      componentState({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'a', generation: 2, labels: LABELS },
        spec: { ...SPEC, replicas: 1 },
        status: { observedGeneration: 2, readyReplicas: 1, updatedReplicas: 1 },
      }),
    ).toMatchObject({ kind: 'StatefulSet', desired: 1, ready: 1, updated: 1 });
  });

  it('reads a DaemonSet', () => {
    expect(
      componentState({
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'a', generation: 1 },
        spec: SPEC,
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 3,
          numberReady: 2,
          updatedNumberScheduled: 3,
        },
      }),
    ).toMatchObject({ desired: 3, ready: 2, updated: 3 });
  });

  it('does not take counts of an older generation for the newest template', () => {
    expect(
      componentState({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', generation: 5 },
        spec: SPEC,
        status: { observedGeneration: 4, readyReplicas: 2, updatedReplicas: 2 },
      }),
    ).toMatchObject({ ready: 2, updated: 0 });
  });

  it('quotes a Deployment that gave up', () => {
    const conditions = [
      { type: 'Available', status: 'False', reason: 'x', message: 'y' },
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' },
    ];
    expect(
      componentState({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: SPEC,
        status: { conditions },
      }),
    ).toMatchObject({ problem: 'ProgressDeadlineExceeded: late', ready: 0 });
  });

  it('passes over other kinds', () => {
    expect(
      componentState({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }),
    ).toBeUndefined();
  });
});
