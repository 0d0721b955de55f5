import { describe, expect, it } from 'vitest';
import type { ComponentState } from '../../../src/controller/api/component-state.ts';
import { foldConditions } from '../../../src/controller/api/conditions.ts';
import type { ObservedInstance } from '../../../src/controller/api/conditions.ts';

const EARLIER = '2026-01-01T00:00:00Z';
const NOW = '2026-01-02T00:00:00Z';

function component(more: Partial<ComponentState> = {}): ComponentState {
  const component = 'all-in-one';
  const counts = { desired: 1, ready: 1, updated: 1 };
  return { name: 'a', kind: 'Deployment', component, ...counts, image: 'i', ...more };
}

function observed(more: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    generation: 3,
    paused: false,
    specErrors: [],
    applyError: undefined,
    components: [component()],
    volume: undefined,
    ...more,
  };
}

function short(instance: ObservedInstance): Record<string, string> {
  const conditions = foldConditions(instance, [], NOW);
  return Object.fromEntries(
    conditions.map(({ type, status, reason, message }) => [
      type,
      `${status} ${reason}: ${message}`,
    ]),
  );
}

const IN_MEMORY = 'True InMemory: traces live in the memory of a and end with its pod';

describe('foldConditions', () => {
  it('is ready when every component is', () => {
    expect(short(observed())).toEqual({
      Ready: 'True AllComponentsReady: a 1/1 ready',
      Progressing: 'False AsDesired: every component runs as desired',
      Degraded: 'False AsDesired: no component reports a problem',
      StorageReady: IN_MEMORY,
    });
  });

  it('waits for pods that are not ready yet', () => {
    expect(short(observed({ components: [component({ ready: 0, updated: 0 })] }))).toEqual({
      Ready: 'False WaitingForPods: a 0/1 ready',
      Progressing: 'True RollingOut: a 0/1 updated',
      Degraded: 'False AsDesired: no component reports a problem',
      StorageReady: 'False WaitingForPods: the pod that holds the traces is not ready',
    });
  });

  it('stays ready while a new pod rolls out behind the old one', () => {
    expect(short(observed({ components: [component({ updated: 0 })] }))).toMatchObject({
      Ready: 'True AllComponentsReady: a 1/1 ready',
      Progressing: 'True RollingOut: a 0/1 updated',
    });
  });

  it.each([
    [1, {}, 'True OnVolume: traces are on volume v (1Gi)'],
    [1, { wantedSize: '2Gi' }, 'True OnVolume: traces are on volume v (1Gi, growing to 2Gi)'],
    [1, { growProblem: 'no' }, 'True VolumeNotGrown: traces are on volume v, which stays 1Gi: no'],
    [0, {}, 'False WaitingForPods: the pod that keeps traces on volume v is not ready'],
    [0, { mountProblem: 'why' }, 'False VolumeNotMounted: volume v is not mounted: why'],
    [0, { phase: 'Pending', problem: 'why' }, 'False VolumePending: volume v is Pending: why'],
    [0, { phase: 'Missing' }, 'False VolumePending: volume v is Missing: it has not been made yet'],
  ])('tells with %d ready pods how a volume %j stands', (ready, more, said) => {
    const volume = { name: 'v', phase: 'Bound', size: '1Gi', ...more };
    const components = [
      component({ name: 'q', component: 'query' }),
      component({ kind: 'StatefulSet', component: 'storage', ready }),
    ];
    expect(short(observed({ components, volume }))['StorageReady']).toBe(said);
  });

  it('names the problem of a component', () => {
    const components = [component({ ready: 0, problem: 'ProgressDeadlineExceeded: too long' })];
    expect(short(observed({ components }))).toMatchObject({
      Ready: 'False PodsFailing: a: ProgressDeadlineExceeded: too long',
      Degraded: 'True PodsFailing: a: ProgressDeadlineExceeded: too long',
    });
  });

  it('is not ready while its spec is not valid, though the old pods run', () => {
    expect(short(observed({ specErrors: ['spec.x: is not a field'] }))).toEqual({
      Ready: 'False InvalidSpec: spec.x: is not a field',
      Progressing: 'False InvalidSpec: stands still: see Degraded',
      Degraded: 'True InvalidSpec: spec.x: is not a field',
      StorageReady: IN_MEMORY,
    });
  });

  it('says which object could not be applied', () => {
    expect(short(observed({ applyError: 'Service a: no quota', components: [] }))).toMatchObject({
      Ready: 'False ApplyFailed: Service a: no quota',
      Degraded: 'True ApplyFailed: Service a: no quota',
    });
  });

  it('is not progressing when paused', () => {
    expect(short(observed({ paused: true }))).toMatchObject({
      Ready: 'True AllComponentsReady: a 1/1 ready',
      Progressing: 'False Paused: spec.paused is true: nothing is changed',
    });
  });

  it('keeps the time of a condition whose status stays', () => {
    const first = foldConditions(observed(), [], EARLIER);
    expect(foldConditions(observed(), first, NOW)).toEqual(first);
    const second = foldConditions(observed({ components: [] }), first, NOW);
    const times = second.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
    expect(Object.fromEntries(times)).toEqual({
      Ready: NOW,
      Progressing: NOW,
      Degraded: EARLIER,
      StorageReady: NOW,
    });
  });
});
