import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { planRollout } from '../../../src/controller/webhook/plan-rollout.ts';

const INJECT = 'sidecar.jaegertracing.io/inject';
const REVISION = 'sidecar.jaegertracing.io/revision';
const instance = { namespace: 'obs', name: 'simplest' };

function workload(
  own: Record<string, string> | undefined,
  template?: Record<string, string>,
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'shop', ...(own && { annotations: own }) },
    spec: { template: { metadata: { ...(template && { annotations: template }) } } },
  };
}

describe('planRollout', () => {
  it('leaves a workload alone that nobody annotated', () => {
    expect(planRollout(workload(undefined), undefined, [instance])).toEqual({ kind: 'nothing' });
  });

  it('copies the annotation of a workload to its template, which rolls the pods', () => {
    expect(planRollout(workload({ [INJECT]: 'true' }), undefined, [instance])).toEqual({
      kind: 'roll',
      instance,
      onlyForMissed: false,
      annotations: { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' },
    });
  });

  it('does nothing more once the template says it', () => {
    const template = { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' };
    expect(planRollout(workload({ [INJECT]: 'true' }, template), undefined, [instance])).toEqual({
      kind: 'nothing',
    });
  });

  it('takes the copy away with the annotation', () => {
    const template = { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' };
    expect(planRollout(workload(undefined, template), undefined, [instance])).toEqual({
      kind: 'roll',
      instance: undefined,
      onlyForMissed: false,
      annotations: { [INJECT]: null, [REVISION]: null },
    });
  });

  it('takes the agent away, and says so to later pods, when the workload turns to "false"', () => {
    const template = { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' };
    const namespace = { [INJECT]: 'true' };
    expect(planRollout(workload({ [INJECT]: 'false' }, template), namespace, [instance])).toEqual({
      kind: 'roll',
      instance: undefined,
      onlyForMissed: false,
      annotations: { [INJECT]: 'false', [REVISION]: 'none;copied' },
    });
  });

  it('does not roll pods without an agent for a "false" that changes nothing', () => {
    expect(planRollout(workload({ [INJECT]: 'false' }), undefined, [instance])).toEqual({
      kind: 'nothing',
    });
  });

  it('rolls the workloads of a newly annotated namespace, if they have pods without agent', () => {
    expect(planRollout(workload(undefined), { [INJECT]: 'true' }, [instance])).toEqual({
      kind: 'roll',
      instance,
      onlyForMissed: true,
      annotations: { [REVISION]: 'obs/simplest' },
    });
  });

  it('keeps an annotation that the user wrote on the template', () => {
    const template = { [INJECT]: 'simplest' };
    expect(planRollout(workload(undefined, template), undefined, [instance])).toEqual({
      kind: 'roll',
      instance,
      onlyForMissed: true,
      annotations: { [REVISION]: 'obs/simplest' },
    });
  });

  it('says that no instance fits and leaves the pods as they are', () => {
    expect(planRollout(workload({ [INJECT]: 'big' }), undefined, [instance])).toEqual({
      kind: 'no-instance',
      message: `${INJECT}="big" names no single JaegerInstance; there are obs/simplest`,
    });
  });

  it('keeps the agents when another instance is made that could be meant too', () => {
    const template = { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' };
    const second = { namespace: 'obs', name: 'second' };
    expect(
      planRollout(workload({ [INJECT]: 'true' }, template), undefined, [instance, second]),
    ).toEqual({ kind: 'nothing' });
  });

  it('withholds the agent of the namespace when the workload names an instance there is not', () => {
    const namespace = { [INJECT]: 'true' };
    expect(planRollout(workload({ [INJECT]: 'nosuch' }), namespace, [instance])).toEqual({
      kind: 'roll',
      instance: undefined,
      onlyForMissed: false,
      annotations: { [INJECT]: 'nosuch', [REVISION]: 'none;copied' },
    });
    const template = { [INJECT]: 'nosuch', [REVISION]: 'none;copied' };
    expect(
      planRollout(workload({ [INJECT]: 'nosuch' }, template), namespace, [instance]),
    ).toHaveProperty('kind', 'no-instance');
  });

  it('takes the agents away when their instance is gone', () => {
    const template = { [INJECT]: 'true', [REVISION]: 'obs/simplest;copied' };
    expect(planRollout(workload({ [INJECT]: 'true' }, template), undefined, [])).toEqual({
      kind: 'roll',
      instance: undefined,
      onlyForMissed: false,
      annotations: { [INJECT]: null, [REVISION]: null },
    });
  });

  it('rolls again when another instance is named', () => {
    const template = { [INJECT]: 'simplest', [REVISION]: 'obs/simplest;copied' };
    const big = { namespace: 'obs', name: 'big' };
    expect(
      planRollout(workload({ [INJECT]: 'big' }, template), undefined, [instance, big]),
    ).toEqual({
      kind: 'roll',
      instance: big,
      onlyForMissed: false,
      annotations: { [INJECT]: 'big', [REVISION]: 'obs/big;copied' },
    });
  });
});
