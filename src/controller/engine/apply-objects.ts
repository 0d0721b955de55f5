import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError, KubeTransportError, WriteRefusedError } from '../kube/kube-api.ts';
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
  readonly cache: (kind: ResourceKind) => ObjectCache;
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
   * not wanted (once everything wanted is in place), goes on past failures.
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

/** The failure for people: which object, and why, in the server's words where it has some. */
export function failureText({ object, error }: ObjectFailure): string {
  const name = `${object.kind} ${object.metadata.name}`;
  if (error instanceof KubeApiError) return `${name} is refused by the API server: ${error.said}`;
  if (error instanceof KubeTransportError) return `${name}: the API server did not answer`;
  return `${name}: ${errorText(error)}`;
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

interface Applier extends ObjectApplierOptions {
  /** By uid: fields that the server (or a webhook) does not store as they were applied. */
  readonly rewrites: Map<string, { readonly hash: string; readonly drifts: readonly Drift[] }>;
}

export function createObjectApplier(options: ObjectApplierOptions): ObjectApplier {
  const applier: Applier = { ...options, rewrites: new Map() };
  return {
    apply: async (owner, desired, signal) => {
      const objects: KubeObject[] = [];
      const pending: KubeObject[] = [];
      const failures: ObjectFailure[] = [];
      let writes = 0;
      for (const object of desired.map((each) => complete(applier, owner, each))) {
        try {
          const outcome = await applyOne(applier, owner, { desired: object, signal });
          if (outcome.state === 'pending') pending.push(object);
          else objects.push(outcome.object);
          if (outcome.state === 'written') writes++;
        } catch (error) {
          failures.push({ object, error: asFailure(error, signal) });
        }
      }
      // While something wanted is missing, what it replaces stays.
      if (failures.length > 0) return { objects, writes, pending, failures };
      const unwanted = findUnwanted(applier, owner, new Set(desired.map(describe)));
      const left = await deleteAll(applier, unwanted, signal);
      return { objects, writes: writes + unwanted.length - left.length, pending, failures: left };
    },
  };
}

/** The object with what makes it ours: labels, owner, hash. */
function complete(applier: Applier, owner: KubeObject, object: KubeObject): KubeObject {
  const { metadata } = object;
  const labels = { [applier.managedBy.label]: applier.managedBy.value, ...metadata.labels };
  const ownerReferences = ownerReference(owner, metadata);
  const whole = { ...object, metadata: { ...metadata, labels, ownerReferences } };
  const annotations = { ...metadata.annotations, [applier.hashAnnotation]: contentHash(whole) };
  return { ...whole, metadata: { ...whole.metadata, annotations } };
}

interface Wanted {
  readonly desired: KubeObject;
  readonly signal: AbortSignal;
}

async function applyOne(applier: Applier, owner: KubeObject, wanted: Wanted): Promise<Outcome> {
  const { desired, signal } = wanted;
  const entry = applier.owned.find(({ kind }) => kindId(kind) === kindId(desired));
  if (entry === undefined) throw new Error(`${kindId(desired)} is no owned kind`);
  const key = keyOf(desired.metadata);
  const cached = applier.cache(entry.kind).get(key);
  // Not in the cache may also mean: there, but not labelled as ours. Never take that over.
  const observed = cached ?? (await applier.api.get(entry.kind, key, signal));
  if (observed === undefined) return write(applier, entry, { ...wanted, reason: 'missing' });
  assertOwned(owner, observed);
  if (observed.metadata.deletionTimestamp !== undefined) return { state: 'pending' };
  const reason = whyWrite(applier, desired, observed);
  if (reason === undefined) return { state: 'unchanged', object: observed };
  try {
    return await write(applier, entry, { ...wanted, reason });
  } catch (error) {
    if (entry.recreate === 'never' || !isImmutable(error)) throw error;
    return recreate(applier, entry, { ...wanted, observed });
  }
}

/** Why the object has to be written, or undefined when it is as wanted. */
function whyWrite(
  { hashAnnotation, rewrites, logger }: Applier,
  desired: KubeObject,
  observed: KubeObject,
): WriteReason | undefined {
  const hash = hashOf(desired, hashAnnotation);
  if (hashOf(observed, hashAnnotation) !== hash) return 'changed';
  const drifts = findDrift(desired, observed);
  if (drifts.length === 0) return undefined;
  const known = rewrites.get(observed.metadata.uid ?? '');
  if (known?.hash === hash && isDeepStrictEqual(known.drifts, drifts)) return undefined;
  const paths = drifts.slice(0, 5).map(({ path }) => path);
  logger.info({ object: describe(observed), paths }, 'somebody changed an owned object');
  return 'drifted';
}

async function write(
  applier: Applier,
  { kind }: OwnedKind,
  { desired, reason, signal }: Wanted & { readonly reason: WriteReason },
): Promise<Outcome> {
  applier.metrics.objectWrites.inc({ kind: kind.kind, operation: 'apply', reason });
  const object = await applier.api.apply(kind, desired, { signal });
  applier.cache(kind).observeWrite(object);
  rememberRewrites(applier, desired, object);
  applier.logger.debug({ object: describe(object), reason }, 'applied');
  return { state: 'written', object };
}

function rememberRewrites(
  { rewrites, hashAnnotation }: Applier,
  desired: KubeObject,
  stored: KubeObject,
): void {
  const uid = stored.metadata.uid ?? '';
  const drifts = findDrift(desired, stored);
  rewrites.delete(uid);
  if (drifts.length === 0) return;
  rewrites.set(uid, { hash: hashOf(desired, hashAnnotation), drifts });
  for (const oldest of rewrites.keys()) {
    if (rewrites.size <= REWRITES_MAX) break;
    rewrites.delete(oldest);
  }
}

async function recreate(
  applier: Applier,
  entry: OwnedKind,
  { observed, ...wanted }: Wanted & { readonly observed: KubeObject },
): Promise<Outcome> {
  const { api, logger, metrics } = applier;
  const { kind } = entry.kind;
  const { uid } = observed.metadata;
  const key = keyOf(observed.metadata);
  metrics.objectWrites.inc({ kind, operation: 'delete', reason: 'immutable' });
  logger.info({ object: describe(observed) }, 'made anew: the change is not allowed in place');
  await api.delete(entry.kind, key, {
    ...(uid === undefined ? {} : { uid }),
    propagation: entry.recreate === 'orphan' ? 'Orphan' : 'Background',
    signal: wanted.signal,
  });
  const left = await api.get(entry.kind, key, wanted.signal);
  if (left !== undefined) return { state: 'pending' };
  return write(applier, entry, { ...wanted, reason: 'immutable' });
}

interface Unwanted {
  readonly kind: ResourceKind;
  readonly object: KubeObject;
}

function findUnwanted(
  { owned, cache, managedBy }: Applier,
  owner: KubeObject,
  wanted: ReadonlySet<string>,
): readonly Unwanted[] {
  return owned
    .filter(({ prune }) => prune)
    .flatMap(({ kind }) =>
      cache(kind)
        .ownedBy(owner.metadata.uid ?? '')
        .filter(({ metadata }) => metadata.labels?.[managedBy.label] === managedBy.value)
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .filter((object) => !wanted.has(describe(object)))
        .map((object) => ({ kind, object })),
    );
}

/** Gives those that could not be deleted. */
async function deleteAll(
  { api, logger, metrics }: Applier,
  unwanted: readonly Unwanted[],
  signal: AbortSignal,
): Promise<readonly ObjectFailure[]> {
  const failures: ObjectFailure[] = [];
  for (const { kind, object } of unwanted) {
    metrics.objectWrites.inc({ kind: kind.kind, operation: 'delete', reason: 'unwanted' });
    const { uid } = object.metadata;
    try {
      const options = { ...(uid === undefined ? {} : { uid }), signal };
      await api.delete(kind, keyOf(object.metadata), options);
      logger.info({ object: describe(object) }, 'deleted: no longer wanted');
    } catch (error) {
      failures.push({ object, error: asFailure(error, signal) });
    }
  }
  return failures;
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
