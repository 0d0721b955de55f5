import type { Logger } from '../runtime/logger.ts';
import { steady } from './api/pod-problem.ts';
import { requestedSize, smallerThan, volumeState } from './api/volume-state.ts';
import type { VolumeState } from './api/volume-state.ts';
import type { NormalInstance } from './api/defaults.ts';
import { claimName } from './desired/data-volume.ts';
import { instanceRoles } from './desired/instance-roles.ts';
import { INSTANCE_LABEL } from './desired/labels.ts';
import { dnsLabel } from './desired/names.ts';
import type { ObjectCache } from './engine/object-cache.ts';
import { KubeApiError } from './kube/kube-api.ts';
import type { KubeApi } from './kube/kube-api.ts';
import type { KubeObject, ObjectKey, ResourceKind } from './kube-object.ts';
import { parseQuantity } from './quantity.ts';
import type { WarningEvents } from './warning-events.ts';

/** Made by the StatefulSet controller, grown by the operator, deleted by neither of its own accord. */
export const CLAIM: ResourceKind = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
};

export interface ClaimsOptions {
  /** Its writes are refused when this replica does not lead. */
  readonly api: Pick<KubeApi, 'patch'>;
  /** Of claims that carry the operator's label. */
  readonly cache: ObjectCache;
  readonly warnings: WarningEvents;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The volume behind an instance that keeps its traces on one. */
export interface Claims {
  /**
   * Grows the claim to what the spec says.
   * @returns why it cannot grow; undefined when it can, or need not
   */
  grow(instance: NormalInstance, signal: AbortSignal): Promise<string | undefined>;
  /** What there is of the volume, when it is less than the spec says. */
  smallerSize(instance: NormalInstance): string | undefined;
  /**
   * How the claim stands, with the reasons that the cluster gives while `waiting`.
   * @returns undefined for an instance without a volume
   */
  observe(
    instance: NormalInstance,
    waiting: boolean,
    signal: AbortSignal,
  ): Promise<VolumeState | undefined>;
}

/** A storage class can learn to expand: what was refused is tried again after this. */
const TRY_AGAIN_MS = 600_000;
/** More instances than that whose volumes cannot grow are asked for again and again. */
const REFUSALS_MAX = 1000;

interface Refusal {
  readonly size: string;
  readonly message: string;
  readonly at: number;
}

export function createClaims({ api, cache, warnings, now, logger }: ClaimsOptions): Claims {
  /** By uid of the claim. */
  const refusals = new Map<string, Refusal>();

  const remember = (uid: string, refusal: Refusal): void => {
    refusals.delete(uid);
    refusals.set(uid, refusal);
    for (const oldest of refusals.keys()) {
      if (refusals.size <= REFUSALS_MAX) break;
      refusals.delete(oldest);
    }
  };
  const ask = async (holder: Holder, size: string, signal: AbortSignal): Promise<void> => {
    const patch = { spec: { resources: { requests: { storage: size } } } };
    cache.observeWrite(await api.patch(CLAIM, holder, patch, signal));
    logger.info({ claim: `${holder.namespace}/${holder.name}`, size }, 'volume grows');
  };

  return {
    grow: async (instance, signal) => {
      const holder = holderOf(instance);
      const claim = holder === undefined ? undefined : ownClaim(cache, instance, holder);
      if (holder === undefined || claim === undefined) return undefined;
      const { size } = instance.spec.storage.embedded;
      const change = sizeChange(claim, size);
      if (change === 'none') return undefined;
      if (change === 'less') return `it is larger than the ${size} of spec.storage.embedded.size`;
      const { uid = '' } = claim.metadata;
      const known = refusals.get(uid);
      if (known?.size === size && now() - known.at < TRY_AGAIN_MS) return known.message;
      try {
        await ask(holder, size, signal);
        refusals.delete(uid);
        return undefined;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const message = `${steady(error.said)} (spec.storage.embedded.size: ${size})`;
        remember(uid, { size, message, at: now() });
        return message;
      }
    },
    smallerSize: (instance) => {
      const holder = holderOf(instance);
      if (holder === undefined) return undefined;
      return smallerThan(instance.spec.storage.embedded.size, ownClaim(cache, instance, holder));
    },
    observe: async (instance, waiting, signal) => {
      const holder = holderOf(instance);
      if (holder === undefined) return undefined;
      const state = volumeState(holder.name, ownClaim(cache, instance, holder));
      if (!waiting || state.phase === 'Missing') return state;
      const { namespace } = holder;
      if (state.phase !== 'Bound') {
        const about = { namespace, kind: CLAIM.kind, name: holder.name };
        const problem = await warnings.newest(about, CLAIM_REASONS, signal);
        return problem === undefined ? state : { ...state, problem };
      }
      const about = { namespace, kind: 'Pod', name: holder.pod };
      const mountProblem = await warnings.newest(about, MOUNT_REASONS, signal);
      return mountProblem === undefined ? state : { ...state, mountProblem };
    },
  };
}

/** The server lets only a bound claim change; the watch says when it is. */
function sizeChange(claim: KubeObject, wanted: string): 'none' | 'more' | 'less' {
  if (volumeState('', claim).phase !== 'Bound') return 'none';
  const has = parseQuantity(requestedSize(claim)) ?? 0;
  const wants = parseQuantity(wanted) ?? 0;
  if (has === wants) return 'none';
  return has < wants ? 'more' : 'less';
}

/** Trying again at once would not help: the class does not expand, a quota is used up. */
function isRefusal(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && (error.status === 403 || error.status === 422);
}

/** The words of the volume controllers for a claim that waits. */
const CLAIM_REASONS = [
  'ProvisioningFailed',
  'FailedBinding',
  'VolumeMismatch',
  'ClaimLost',
  'ExternalProvisioning',
  'WaitForFirstConsumer',
];
/** The words of the kubelet and of the attach controller for a pod that waits. */
const MOUNT_REASONS = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'];

export interface Holder extends ObjectKey {
  readonly pod: string;
}

/** The claim of an instance, and the pod that has it; undefined: its traces are in memory. */
export function holderOf(instance: NormalInstance): Holder | undefined {
  const holder = instanceRoles(instance).find(({ volume }) => volume !== undefined);
  if (holder === undefined) return undefined;
  const { namespace } = instance;
  return { namespace, name: claimName(holder.name), pod: `${holder.name}-0` };
}

/** A claim of that name that is somebody else's is not touched. */
function ownClaim(
  cache: ObjectCache,
  instance: NormalInstance,
  holder: Holder,
): KubeObject | undefined {
  const claim = cache.get(holder);
  return claim?.metadata.labels?.[INSTANCE_LABEL] === dnsLabel(instance.name) ? claim : undefined;
}
