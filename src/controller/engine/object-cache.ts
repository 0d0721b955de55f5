import type { KubeObject, ObjectKey, ObjectMeta } from '../kube-object.ts';

/** The last known objects of one kind, with indexes. Objects in here are never modified. */
export interface ObjectCache {
  readonly size: number;
  get(key: ObjectKey): KubeObject | undefined;
  /** All of them, or those of one namespace. */
  list(namespace?: string): readonly KubeObject[];
  /** Objects that name this owner in their ownerReferences. */
  ownedBy(uid: string): readonly KubeObject[];
  /** Objects with this label; only labels that were named when the cache was made. */
  labelled(label: string, value: string): readonly KubeObject[];
  /**
   * Takes in the answer to a write of our own, so that the next pass does not act on a view from
   * before it. Ignored when the watch is already past that version.
   */
  observeWrite(object: KubeObject): void;
}

export interface CacheChange {
  readonly type: 'added' | 'updated' | 'deleted';
  readonly object: KubeObject;
}

/** What a reflector does to its cache. A scope is the namespace it watches; '' is all of them. */
export interface CacheFeed {
  /** What the watch of a scope said, an object's deletion included. */
  put(scope: string, object: KubeObject): CacheChange | undefined;
  remove(scope: string, object: KubeObject): CacheChange | undefined;
  /** The scope's watch has seen everything up to here. */
  seen(scope: string, resourceVersion: string): void;
  /** A full list of a scope: what is cached and not listed has been deleted. */
  replace(
    scope: string,
    objects: readonly KubeObject[],
    resourceVersion: string,
  ): readonly CacheChange[];
}

export interface ObjectCacheOptions {
  readonly indexedLabels?: readonly string[];
}

export function createObjectCache(options: ObjectCacheOptions = {}): ObjectCache & CacheFeed {
  const objects = new Map<string, KubeObject>();
  const indexes = createIndexes(options.indexedLabels ?? []);
  const seenVersions = new Map<string, bigint>();

  const drop = (id: string): KubeObject | undefined => {
    const object = objects.get(id);
    if (object === undefined) return undefined;
    indexes.change(object, id, removeFrom);
    objects.delete(id);
    return object;
  };
  const store = (object: KubeObject): CacheChange | undefined => {
    const id = idOf(object.metadata);
    const before = objects.get(id);
    if (before !== undefined && !isNewer(object, before)) return undefined;
    drop(id);
    const trimmed = withoutManagedFields(object);
    objects.set(id, trimmed);
    indexes.change(trimmed, id, addTo);
    return { type: before === undefined ? 'added' : 'updated', object: trimmed };
  };
  const pick = (ids: Iterable<string> | undefined): readonly KubeObject[] =>
    [...(ids ?? [])].flatMap((id) => objects.get(id) ?? []);
  const seen = (scope: string, resourceVersion: string | undefined): void => {
    const version = versionOf(resourceVersion);
    if (version !== undefined) seenVersions.set(scope, version);
  };
  return {
    get size() {
      return objects.size;
    },
    get: (key) => objects.get(idOf(key)),
    list: (namespace) =>
      namespace === undefined ? [...objects.values()] : pick(indexes.namespaces.get(namespace)),
    ownedBy: (uid) => pick(indexes.owners.get(uid)),
    labelled: (label, value) => pick(indexes.labels.get(`${label}=${value}`)),
    observeWrite: (object) => {
      const { namespace = '' } = object.metadata;
      const watched = seenVersions.get(namespace) ?? seenVersions.get('');
      const version = versionOf(object.metadata.resourceVersion);
      if (watched !== undefined && version !== undefined && version > watched) store(object);
    },
    put: (scope, object) => {
      seen(scope, object.metadata.resourceVersion);
      return store(object);
    },
    remove: (scope, object) => {
      seen(scope, object.metadata.resourceVersion);
      const id = idOf(object.metadata);
      const before = objects.get(id);
      // The watch is behind our own write: we have made the object anew since.
      if (before !== undefined && isNewer(before, object)) return undefined;
      return drop(id) === undefined ? undefined : { type: 'deleted', object };
    },
    seen,
    replace: (scope, listed, resourceVersion) => {
      const kept = new Set(listed.map(({ metadata }) => idOf(metadata)));
      const changes = listed.flatMap((object) => store(object) ?? []);
      const cached = scope === '' ? objects.keys() : (indexes.namespaces.get(scope) ?? []);
      for (const id of [...cached]) {
        const object = objects.get(id);
        if (kept.has(id) || object === undefined) continue;
        // Written by ourselves after the list was made: the watch will bring it.
        if (isAfter(object, resourceVersion)) continue;
        drop(id);
        changes.push({ type: 'deleted', object });
      }
      seen(scope, resourceVersion);
      return changes;
    },
  };
}

/** From a value to the ids of the objects that have it. */
type Index = Map<string, Set<string>>;

interface Indexes {
  readonly namespaces: Index;
  readonly owners: Index;
  /** By `label=value`. */
  readonly labels: Index;
  change(object: KubeObject, id: string, how: typeof addTo): void;
}

function createIndexes(indexedLabels: readonly string[]): Indexes {
  const namespaces: Index = new Map();
  const owners: Index = new Map();
  const labels: Index = new Map();
  return {
    namespaces,
    owners,
    labels,
    change: ({ metadata }, id, how) => {
      const { namespace = '', ownerReferences = [], labels: own = {} } = metadata;
      how(namespaces, namespace, id);
      for (const owner of ownerReferences) how(owners, owner.uid, id);
      for (const label of indexedLabels) {
        const value = own[label];
        if (value !== undefined) how(labels, `${label}=${value}`, id);
      }
    },
  };
}

function idOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace ?? ''}/${name}`;
}

function addTo(index: Index, value: string, id: string): void {
  const ids = index.get(value);
  if (ids === undefined) index.set(value, new Set([id]));
  else ids.add(id);
}

function removeFrom(index: Index, value: string, id: string): void {
  const ids = index.get(value);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(value);
}

/** Versions of one kind count up; undefined when a server's do not. */
function versionOf(resourceVersion: string | undefined): bigint | undefined {
  return resourceVersion !== undefined && /^\d{1,20}$/.test(resourceVersion)
    ? BigInt(resourceVersion)
    : undefined;
}

function isNewer(object: KubeObject, than: KubeObject): boolean {
  const version = versionOf(object.metadata.resourceVersion);
  const other = versionOf(than.metadata.resourceVersion);
  if (version !== undefined && other !== undefined) return version > other;
  return object.metadata.resourceVersion !== than.metadata.resourceVersion;
}

function isAfter(object: KubeObject, resourceVersion: string): boolean {
  const version = versionOf(object.metadata.resourceVersion);
  const other = versionOf(resourceVersion);
  return version !== undefined && other !== undefined && version > other;
}

/** Half of an object's size is often managedFields, which nothing here reads. */
function withoutManagedFields(object: KubeObject): KubeObject {
  if (!('managedFields' in object.metadata)) return object;
  const metadata: ObjectMeta & { managedFields?: unknown } = { ...object.metadata };
  delete metadata.managedFields;
  return { ...object, metadata };
}
