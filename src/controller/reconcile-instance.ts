import { VERSION } from '../runtime/version.ts';
import { componentState } from './api/component-state.ts';
import type { ComponentState } from './api/component-state.ts';
import { normalize } from './api/defaults.ts';
import type { NormalInstance } from './api/defaults.ts';
import type { Condition, ConditionType } from './api/conditions.ts';
import type { JaegerInstance } from './api/jaeger-instance.ts';
import { podsProblem, specBlockOf } from './api/pod-problem.ts';
import { problemText } from './api/problem.ts';
import { instanceStatus } from './api/status.ts';
import type { JaegerInstanceStatus } from './api/status.ts';
import { validateInstance } from './api/validate.ts';
import type { VolumeState } from './api/volume-state.ts';
import type { Claims } from './claims.ts';
import type { ClusterFacts } from './desired/cluster-facts.ts';
import { desiredObjects } from './desired/desired-objects.ts';
import { endpointsOf } from './desired/endpoints.ts';
import { componentOf } from './desired/labels.ts';
import { failureText } from './engine/apply-objects.ts';
import type { Applied, ObjectApplier } from './engine/apply-objects.ts';
import type { StatusWriter } from './engine/status.ts';
import type { ReconcileResult } from './engine/controller.ts';
import { KubeApiError } from './kube/kube-api.ts';
import type { KubeObject, ObjectKey } from './kube-object.ts';

export interface InstanceReconcilerDeps {
  readonly writeStatus: StatusWriter;
  readonly applier: ObjectApplier;
  facts(): ClusterFacts;
  /** Owned objects as last seen, for an instance whose objects are left alone. */
  ownedObjects(uid: string): readonly KubeObject[];
  /** Pods of the instance's workloads as last seen. */
  podsOf(instance: ObjectKey): readonly KubeObject[];
  readonly claims: Claims;
  readonly now: () => number;
  /** Tells people about a change worth an event. */
  announce(object: KubeObject, event: InstanceEvent): void;
}

export interface InstanceEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Objects that have to go before they can be made anew. */
const PENDING_MS = 1000;
/** Why a pod waits for its volume is told by events, which are not watched. */
const WAITING_MS = 10_000;

/**
 * One pass over an instance: judge the spec, make the objects what it asks for, say in the status
 * what is true. A pass that finds everything as it should be writes nothing.
 * @throws Error when an object could not be applied; the status says so by then
 */
export async function reconcileInstance(
  object: KubeObject,
  deps: InstanceReconcilerDeps,
  signal: AbortSignal,
): Promise<ReconcileResult> {
  if (object.metadata.deletionTimestamp !== undefined) return {};
  const checked = validateInstance(object);
  if (!checked.valid) {
    const specErrors = checked.errors.map(problemText);
    await writeStatus(object, { specErrors, applied: undefined }, deps, signal);
    return {};
  }
  const { instance } = checked;
  const normal = normalize(instance);
  const { paused } = normal.spec;
  const growProblem = paused ? undefined : await deps.claims.grow(normal, signal);
  const volumeSize = deps.claims.smallerSize(normal);
  const facts = { ...deps.facts(), ...(volumeSize === undefined ? {} : { volumeSize }) };
  const applied = paused
    ? undefined
    : await deps.applier.apply(object, desiredObjects(instance, facts), signal);
  // The instance goes with its namespace in a moment: nothing to report, nothing to try again.
  if (applied?.failures.some(({ error }) => isNamespaceGoing(error)) === true) return {};
  const seen = {
    specErrors: [],
    instance,
    applied,
    warnings: checked.warnings.map(problemText),
    growProblem,
  };
  const isWaiting = await writeStatus(object, seen, deps, signal);
  const [failure] = applied?.failures ?? [];
  if (failure !== undefined) throw failure.error;
  if ((applied?.pending.length ?? 0) > 0) return { requeueAfterMs: PENDING_MS };
  return isWaiting ? { requeueAfterMs: WAITING_MS } : {};
}

/** The server says so in words only; its reason is that of any other 403. */
function isNamespaceGoing(error: Error): boolean {
  return (
    error instanceof KubeApiError &&
    error.status === 403 &&
    error.message.includes('because it is being terminated')
  );
}

interface Seen {
  readonly specErrors: readonly string[];
  /** undefined when the spec is not valid. */
  readonly instance?: JaegerInstance;
  /** undefined when nothing was applied. */
  readonly applied: Applied | undefined;
  readonly warnings?: readonly string[];
  /** Why the volume stays smaller than wanted. */
  readonly growProblem?: string | undefined;
}

/** Gives whether a pod still waits that has a volume to wait for. */
async function writeStatus(
  object: KubeObject,
  seen: Seen,
  deps: InstanceReconcilerDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const previous = previousStatus(object);
  const normal = normalize(seen.instance ?? instanceOf(object, previous));
  const states = components(
    seen.applied?.objects ?? deps.ownedObjects(object.metadata.uid ?? ''),
    deps.podsOf(normal),
  );
  const isWaiting = states.some(({ ready, desired }) => ready < desired);
  const volume = await observeVolume(normal, { seen, isWaiting }, deps, signal);
  const status = statusOf({ object, seen, normal, states, volume }, previous, deps);
  try {
    if (await deps.writeStatus(object, { ...status }, signal)) {
      announceChange(object, { previous, status }, deps);
    }
  } catch (error) {
    // The instance is gone: the watch is about to say so.
    if (error instanceof KubeApiError && error.status === 404) return false;
    throw error;
  }
  return isWaiting && volume !== undefined;
}

async function observeVolume(
  instance: NormalInstance,
  { seen, isWaiting }: { readonly seen: Seen; readonly isWaiting: boolean },
  { claims }: InstanceReconcilerDeps,
  signal: AbortSignal,
): Promise<VolumeState | undefined> {
  const volume = await claims.observe(instance, isWaiting, signal);
  const { growProblem } = seen;
  return volume === undefined || growProblem === undefined ? volume : { ...volume, growProblem };
}

function statusOf(
  found: {
    readonly object: KubeObject;
    readonly seen: Seen;
    readonly normal: NormalInstance;
    readonly states: readonly ComponentState[];
    readonly volume: VolumeState | undefined;
  },
  previous: JaegerInstanceStatus | undefined,
  deps: InstanceReconcilerDeps,
): JaegerInstanceStatus {
  const { object, normal, states, volume } = found;
  const { specErrors, applied, warnings = [] } = found.seen;
  const [failure] = applied?.failures ?? [];
  return instanceStatus(
    {
      generation: object.metadata.generation ?? 0,
      version: VERSION,
      strategy: normal.spec.strategy,
      storage: normal.spec.storage.type,
      endpoints: endpointsOf(normal),
      paused: normal.spec.paused,
      specErrors,
      applyError: failure === undefined ? undefined : failureText(failure),
      components: states,
      volume,
      warnings,
    },
    previous,
    new Date(deps.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  );
}

function components(
  objects: readonly KubeObject[],
  pods: readonly KubeObject[],
): readonly ComponentState[] {
  return objects
    .flatMap((object) => componentState(object) ?? [])
    .map((component) => withPodsProblem(component, pods))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A pod knows better what is wrong than the workload, which only knows that it waits. */
function withPodsProblem(state: ComponentState, pods: readonly KubeObject[]): ComponentState {
  const block = specBlockOf(state.component);
  if (block === undefined) return state;
  const own = pods.filter((pod) => componentOf(pod) === state.component);
  const problem = podsProblem(own, block) ?? state.problem;
  return problem === undefined ? state : { ...state, problem };
}

/** Of a spec that is not valid: its name, and what runs from the last one that was. */
function instanceOf(
  { apiVersion, kind, metadata }: KubeObject,
  previous: JaegerInstanceStatus | undefined,
): JaegerInstance {
  const { strategy = 'allInOne', storage = 'memory' } = previous ?? {};
  return { apiVersion, kind, metadata, spec: { strategy, storage: { type: storage } } };
}

/** Our own last status; the schema of the resource vouches for its shape. */
function previousStatus(object: KubeObject): JaegerInstanceStatus | undefined {
  const status = object['status'];
  return typeof status === 'object' && status !== null
    ? (status as JaegerInstanceStatus)
    : undefined;
}

function announceChange(
  object: KubeObject,
  change: {
    readonly previous: JaegerInstanceStatus | undefined;
    readonly status: JaegerInstanceStatus;
  },
  deps: InstanceReconcilerDeps,
): void {
  const { previous, status } = change;
  const ready = newlyTrue(status, previous, 'Ready');
  const degraded = newlyTrue(status, previous, 'Degraded');
  const told = ready ?? degraded ?? lost(status, previous);
  if (told === undefined) return;
  const type = told === ready ? 'Normal' : 'Warning';
  deps.announce(object, { type, reason: told.reason, message: told.message });
}

/** A condition that was not true for this reason before. Another message alone is no news. */
function newlyTrue(
  status: JaegerInstanceStatus,
  previous: JaegerInstanceStatus | undefined,
  type: ConditionType,
): Condition | undefined {
  const now = status.conditions.find((condition) => condition.type === type);
  const before = previous?.conditions.find((condition) => condition.type === type);
  if (now?.status !== 'True') return undefined;
  return before?.status === 'True' && before.reason === now.reason ? undefined : now;
}

/** Ready no more; the first pass of every instance finds no pods yet, which is nothing to warn of. */
function lost(
  status: JaegerInstanceStatus,
  previous: JaegerInstanceStatus | undefined,
): Condition | undefined {
  const isReady = ({ type }: Condition): boolean => type === 'Ready';
  const now = status.conditions.find(isReady);
  const wasReady = previous?.conditions.find(isReady)?.status === 'True';
  return wasReady && now?.status !== 'True' ? now : undefined;
}
