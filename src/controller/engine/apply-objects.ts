import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError, WriteRefusedError } from '../kube/kube-api.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { KubeObject, ObjectMeta, OwnerReference, ResourceKind } from '../kube-object.ts';
import { contentHash } from './content-hash.ts';
import { findDrift } from './drift.ts';
import type { Drift } from './drift.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { ObjectCache } from './object-cache.ts';

/** A kind of object that instances own. */
export interface OwnedKind {
  readonly kind: ResourceKind;
  /**
   * When a wanted change is one the server never allows: `delete` the object and make it anew,
   * `orphan` does so and keeps what it owns (a StatefulSet's pods), `never` reports the failure.
   */
  readonly recreate: 'never' | 'delete' | 'orphan';
  /** Whether objects that are no longer wanted are deleted. Not what holds users' data. */
  readonly prune: boolean;
}

export interface ObjectApplierOptions {
  /** Its writes are refused when this replica does not lead. */
  readonly api: KubeApi;
  readonly owned: readonly OwnedKind[];
  cache(kind: ResourceKind): ObjectCache;
  /** Set on every object; the caches select by it. */
  readonly managedBy: { readonly label: string; readonly value: string };
  /** Annotation with the hash of what was last applied. */
  readonly hashAnnotation: string;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
}

export interface ObjectApplier {
  /**
   * Makes the owner's objects the desired ones. Writes only what differs, deletes what is owned and
   * not wanted (only when `prune` and everything wanted is in place), goes on past failures.
   */
  apply(owner: KubeObject, desired: readonly KubeObject[], signal: AbortSignal): Promise<Applied>;
}

export interface Applied {
  /** What the server now holds of what is wanted, where it is known. */
  readonly objects: readonly KubeObject[];
  readonly writes: number;
  /** Objects that still have to go before they can be made anew: look again soon. */
  readonly pending: readonly KubeObject[];
  readonly failures: readonly ObjectFailure[];
}

export interface ObjectFailure {
  readonly object: KubeObject;
  readonly error: Error;
}

/** An object of the wanted name exists and is not this owner's. */
export class ForeignObjectError extends Error {
  override readonly name = 'ForeignObjectError';
}

type WriteReason = 'missing' | 'changed' | 'drifted' | 'unwanted' | 'immutable';

/** Bounds the memory of what the server rewrites; more are only applied once more than needed. */
const REWRITES_MAX = 20_000;

/** What an apply of one object came to. */
type Outcome =
  | { readonly state: 'unchanged' | 'written'; readonly object: KubeObject }
  | { readonly state: 'pending' };

export function createObjectApplier(options: ObjectApplierOptions): ObjectApplier {
  const { api, owned, hashAnnotation, logger, metrics } = options;
  const kinds = new Map(owned.map((entry) => [kindId(entry.kind), entry]));
  /** By uid: fields that the server (or a webhook) does not store as they were applied. */
  const rewrites = new Map<string, { readonly hash: string; readonly drifts: readonly Drift[] }>();

  const entryOf = (object: KubeObject): OwnedKind => {
    const entry = kinds.get(kindId(object));
    if (entry === undefined) throw new Error(`${kindId(object)} is no owned kind`);
    return entry;
  };

  const complete = (owner: KubeObject, object: KubeObject): KubeObject => {
    const { metadata } = object;
    const labels = { [options.managedBy.label]: options.managedBy.value, ...metadata.labels };
    const owners = ownerReference(owner, metadata);
    const whole = { ...object, metadata: { ...metadata, labels, ownerReferences: owners } };
    const annotations = { ...metadata.annotations, [hashAnnotation]: contentHash(whole) };
    return { ...whole, metadata: { ...whole.metadata, annotations } };
  };

  /** Why the object has to be written, or undefined when it is as wanted. */
  const whyWrite = (desired: KubeObject, observed: KubeObject): WriteReason | undefined => {
    const hash = hashOf(desired, hashAnnotation);
    if (hashOf(observed, hashAnnotation) !== hash) return 'changed';
    const drifts = findDrift(desired, observed);
    if (drifts.length === 0) return undefined;
    const known = rewrites.get(observed.metadata.uid ?? '');
    if (known?.hash === hash && isDeepStrictEqual(known.drifts, drifts)) return undefined;
    const paths = drifts.slice(0, 5).map(({ path }) => path);
    logger.info({ object: describe(observed), paths }, 'somebody changed an owned object');
    return 'drifted';
  };

  const write = async (
    entry: OwnedKind,
    desired: KubeObject,
    { reason, signal }: { reason: WriteReason; signal: AbortSignal },
  ): Promise<Outcome> => {
    const { kind } = entry.kind;
    metrics.objectWrites.inc({ kind, operation: 'apply', reason });
    const object = await api.apply(entry.kind, desired, { signal });
    options.cache(entry.kind).observeWrite(object);
    remember(object, desired);
    logger.debug({ object: describe(object), reason }, 'applied');
    return { state: 'written', object };
  };

  const remember = (object: KubeObject, desired: KubeObject): void => {
    const uid = object.metadata.uid ?? '';
    const drifts = findDrift(desired, object);
    rewrites.delete(uid);
    if (drifts.length === 0) return;
    rewrites.set(uid, { hash: hashOf(desired, hashAnnotation), drifts });
    for (const oldest of rewrites.keys()) {
      if (rewrites.size <= REWRITES_MAX) break;
      rewrites.delete(oldest);
    }
  };

  const recreate = async (
    entry: OwnedKind,
    desired: KubeObject,
    { observed, signal }: { observed: KubeObject; signal: AbortSignal },
  ): Promise<Outcome> => {
    metrics.objectWrites.inc({ kind: entry.kind.kind, operation: 'delete', reason: 'immutable' });
    logger.info({ object: describe(observed) }, 'made anew: the change is not allowed in place');
    await api.delete(entry.kind, keyOf(observed.metadata), {
      ...(observed.metadata.uid === undefined ? {} : { uid: observed.metadata.uid }),
      propagation: entry.recreate === 'orphan' ? 'Orphan' : 'Background',
      signal,
    });
    const left = await api.get(entry.kind, keyOf(observed.metadata), signal);
    if (left !== undefined) return { state: 'pending' };
    return write(entry, desired, { reason: 'immutable', signal });
  };

  const applyOne = async (
    owner: KubeObject,
    desired: KubeObject,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const entry = entryOf(desired);
    const key = keyOf(desired.metadata);
    const cached = options.cache(entry.kind).get(key);
    // Not in the cache may also mean: there, but not labelled as ours. Never take that over.
    const observed = cached ?? (await api.get(entry.kind, key, signal));
    if (observed === undefined) return write(entry, desired, { reason: 'missing', signal });
    assertOwned(owner, observed);
    if (observed.metadata.deletionTimestamp !== undefined) return { state: 'pending' };
    const reason = whyWrite(desired, observed);
    if (reason === undefined) return { state: 'unchanged', object: observed };
    try {
      return await write(entry, desired, { reason, signal });
    } catch (error) {
      if (entry.recreate === 'never' || !isImmutable(error)) throw error;
      return recreate(entry, desired, { observed, signal });
    }
  };

  const prune = async (
    owner: KubeObject,
    wanted: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ writes: number; failures: readonly ObjectFailure[] }> => {
    const unwanted = owned
      .filter((entry) => entry.prune)
      .flatMap((entry) =>
        options
          .cache(entry.kind)
          .ownedBy(owner.metadata.uid ?? '')
          .filter((object) => isManaged(object) && !wanted.has(describe(object)))
          .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
          .map((object) => ({ entry, object })),
      );
    const failures: ObjectFailure[] = [];
    for (const { entry, object } of unwanted) {
      metrics.objectWrites.inc({ kind: entry.kind.kind, operation: 'delete', reason: 'unwanted' });
      const { uid } = object.metadata;
      try {
        const key = keyOf(object.metadata);
        await api.delete(entry.kind, key, { ...(uid === undefined ? {} : { uid }), signal });
        logger.info({ object: describe(object) }, 'deleted: no longer wanted');
      } catch (error) {
        failures.push({ object, error: asFailure(error, signal) });
      }
    }
    return { writes: unwanted.length - failures.length, failures };
  };

  const isManaged = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.[options.managedBy.label] === options.managedBy.value;

  return {
    apply: async (owner, desired, signal) => {
      const objects: KubeObject[] = [];
      const pending: KubeObject[] = [];
      const failures: ObjectFailure[] = [];
      let writes = 0;
      for (const object of desired.map((each) => complete(owner, each))) {
        try {
          const outcome = await applyOne(owner, object, signal);
          if (outcome.state === 'pending') pending.push(object);
          else objects.push(outcome.object);
          if (outcome.state === 'written') writes++;
        } catch (error) {
          failures.push({ object, error: asFailure(error, signal) });
        }
      }
      // While something wanted is missing, what it replaces stays.
      if (failures.length > 0) return { objects, writes, pending, failures };
      const pruned = await prune(owner, new Set(desired.map(describe)), signal);
      return { objects, writes: writes + pruned.writes, pending, failures: pruned.failures };
    },
  };
}

/** Only one object's trouble is collected; an end of the whole pass is thrown on. */
function asFailure(error: unknown, signal: AbortSignal): Error {
  signal.throwIfAborted();
  if (error instanceof WriteRefusedError || !(error instanceof Error)) throw error;
  return error;
}

function ownerReference(owner: KubeObject, { namespace }: ObjectMeta): readonly OwnerReference[] {
  const { uid, name, namespace: home } = owner.metadata;
  if (uid === undefined || namespace !== home) {
    throw new Error(`${owner.kind} ${name} cannot own an object in ${namespace ?? 'no namespace'}`);
  }
  const { apiVersion, kind } = owner;
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}

function assertOwned(owner: KubeObject, observed: KubeObject): void {
  const owners = observed.metadata.ownerReferences ?? [];
  if (owners.some(({ uid }) => uid === owner.metadata.uid)) return;
  const other = owners.find(({ controller }) => controller === true);
  throw new ForeignObjectError(
    `${describe(observed)} exists and belongs to ` +
      (other === undefined ? 'no instance' : `${other.kind} ${other.name} (${other.uid})`) +
      ': rename one of them, or delete it',
  );
}

/** The server says so in words only. */
const IMMUTABLE = /immutable|may not be changed|cannot change roleRef|updates to statefulset spec/i;

function isImmutable(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 422 && IMMUTABLE.test(error.message);
}

function hashOf({ metadata }: KubeObject, annotation: string): string {
  return metadata.annotations?.[annotation] ?? '';
}

function kindId({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  return `${apiVersion} ${kind}`;
}

function keyOf({ namespace = '', name }: ObjectMeta): { namespace: string; name: string } {
  return { namespace, name };
}

function describe(object: KubeObject): string {
  const { namespace = '', name } = object.metadata;
  return `${kindId(object)} ${namespace}/${name}`;
}
