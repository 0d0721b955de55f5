import type { ComponentState } from './component-state.ts';
import type { VolumeState } from './volume-state.ts';

/** As the Kubernetes API conventions define it. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** A stable word: scripts may rely on it. */
  readonly reason: ConditionReason;
  /** For people: names the cause and the field that would change it. */
  readonly message: string;
  /** When `status` last changed; RFC 3339. */
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

export type ConditionType = 'Ready' | 'Progressing' | 'Degraded' | 'StorageReady';

export type ConditionReason =
  | 'AllComponentsReady'
  | 'ApplyFailed'
  | 'AsDesired'
  | 'InMemory'
  | 'InvalidSpec'
  | 'OnVolume'
  | 'Paused'
  | 'PodsFailing'
  | 'RollingOut'
  | 'VolumeNotGrown'
  | 'VolumeNotMounted'
  | 'VolumePending'
  | 'WaitingForPods';

/** What one pass over an instance found. */
export interface ObservedInstance {
  readonly generation: number;
  readonly paused: boolean;
  /** Texts of what is wrong with the spec; empty when it is valid. */
  readonly specErrors: readonly string[];
  /** Why an object could not be applied; undefined when all were. */
  readonly applyError: string | undefined;
  readonly components: readonly ComponentState[];
  /** Where the traces are kept; undefined: in memory. */
  readonly volume: VolumeState | undefined;
}

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * The conditions of an instance. `lastTransitionTime` of a condition whose status stays is kept, so
 * the same facts give the same conditions and a steady pass writes nothing.
 */
export function foldConditions(
  observed: ObservedInstance,
  previous: readonly Condition[],
  now: string,
): readonly Condition[] {
  const verdicts: readonly (readonly [ConditionType, Verdict])[] = [
    ['Ready', judgeReady(observed)],
    ['Progressing', judgeProgressing(observed)],
    ['Degraded', judgeDegraded(observed)],
    ['StorageReady', judgeStorage(observed)],
  ];
  return verdicts.map(([type, verdict]) => {
    const before = previous.find((condition) => condition.type === type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : now;
    const { generation: observedGeneration } = observed;
    return { type, ...verdict, lastTransitionTime: since, observedGeneration };
  });
}

/** True only when a span sent now would be stored and found. */
function judgeReady({ specErrors, applyError, components }: ObservedInstance): Verdict {
  // First: until that is mended, nothing that is changed for the pods' sake reaches them.
  const broken = judgeBroken({ specErrors, applyError });
  if (broken !== undefined) return broken;
  if (components.length === 0) return no('WaitingForPods', 'no component exists yet');
  const waiting = components.filter((component) => component.ready < component.desired);
  const failing = waiting.find((component) => component.problem !== undefined);
  if (failing !== undefined) return no('PodsFailing', `${failing.name}: ${failing.problem ?? ''}`);
  if (waiting.length > 0) return no('WaitingForPods', waiting.map(readyText).join(', '));
  return yes('AllComponentsReady', components.map(readyText).join(', '));
}

function judgeBroken({
  specErrors,
  applyError,
}: Pick<ObservedInstance, 'specErrors' | 'applyError'>): Verdict | undefined {
  if (specErrors.length > 0) return no('InvalidSpec', specErrors.join('; '));
  return applyError === undefined ? undefined : no('ApplyFailed', applyError);
}

function judgeProgressing({ paused, components, ...rest }: ObservedInstance): Verdict {
  if (paused) return no('Paused', 'spec.paused is true: nothing is changed');
  const broken = judgeBroken(rest);
  if (broken !== undefined) return { ...broken, message: 'stands still: see Degraded' };
  const rolling = components.filter(
    ({ updated, ready, desired }) => Math.min(updated, ready) < desired,
  );
  if (rolling.length === 0 && components.length > 0) {
    return no('AsDesired', 'every component runs as desired');
  }
  const message = rolling.map(
    ({ name, updated, desired }) => `${name} ${updated}/${desired} updated`,
  );
  return yes('RollingOut', message.join(', ') || 'objects are being created');
}

function judgeDegraded({ components, ...rest }: ObservedInstance): Verdict {
  const broken = judgeBroken(rest);
  if (broken !== undefined) return { ...broken, status: 'True' };
  const failing = components.filter((component) => component.problem !== undefined);
  if (failing.length === 0) return no('AsDesired', 'no component reports a problem');
  return yes(
    'PodsFailing',
    failing.map(({ name, problem }) => `${name}: ${problem ?? ''}`).join('; '),
  );
}

/** The components that keep traces themselves. */
const HOLDERS: readonly string[] = ['all-in-one', 'storage'];

/** Storage is ready when the process that has the traces is. */
function judgeStorage({ components, volume }: ObservedInstance): Verdict {
  const holder = components.find(({ component }) => HOLDERS.includes(component));
  const isReady = holder !== undefined && holder.desired > 0 && holder.ready >= holder.desired;
  if (volume !== undefined) return isReady ? judgeVolume(volume) : judgeWaiting(volume);
  if (isReady) {
    return yes('InMemory', `traces live in the memory of ${holder.name} and end with its pod`);
  }
  return no('WaitingForPods', 'the pod that holds the traces is not ready');
}

function judgeVolume({ name, size, wantedSize, growProblem }: VolumeState): Verdict {
  if (growProblem !== undefined) {
    return yes(
      'VolumeNotGrown',
      `traces are on volume ${name}, which stays ${size}: ${growProblem}`,
    );
  }
  const growing = wantedSize === undefined ? '' : `, growing to ${wantedSize}`;
  return yes('OnVolume', `traces are on volume ${name} (${size}${growing})`);
}

function judgeWaiting({ name, phase, problem, mountProblem }: VolumeState): Verdict {
  if (phase !== 'Bound') {
    const why = problem ?? 'it has not been made yet';
    return no('VolumePending', `volume ${name} is ${phase}: ${why}`);
  }
  if (mountProblem !== undefined) {
    return no('VolumeNotMounted', `volume ${name} is not mounted: ${mountProblem}`);
  }
  return no('WaitingForPods', `the pod that keeps traces on volume ${name} is not ready`);
}

function readyText({ name, ready, desired }: ComponentState): string {
  return `${name} ${ready}/${desired} ready`;
}

function yes(reason: ConditionReason, message: string): Verdict {
  return { status: 'True', reason, message };
}

function no(reason: ConditionReason, message: string): Verdict {
  return { status: 'False', reason, message };
}
