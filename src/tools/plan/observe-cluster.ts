import type { JaegerInstance } from '../../controller/api/jaeger-instance.ts';
import { normalize } from '../../controller/api/defaults.ts';
import { smallerThan } from '../../controller/api/volume-state.ts';
import { CLAIM, holderOf } from '../../controller/claims.ts';
import { OWNED_KINDS } from '../../controller/desired/desired-objects.ts';
import { ownedSelector } from '../../controller/desired/labels.ts';
import { KubeApiError } from '../../controller/kube/kube-api.ts';
import type { KubeApi } from '../../controller/kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../../controller/kube-object.ts';
import { jsonFields, jsonObjects, jsonText } from '../../runtime/json-object.ts';
import type { ObservedObject } from './plan.ts';

/**
 * The image that the operator of this cluster deploys, from what it has deployed; undefined when it
 * has deployed nothing for this instance. Only the operator itself is told which one it is.
 */
export async function runningImage(
  api: KubeApi,
  instance: JaegerInstance,
  signal: AbortSignal,
): Promise<string | undefined> {
  const workloads = (await ownedObjects(api, instance, signal)).filter(({ kind }) =>
    WORKLOADS.includes(kind),
  );
  return workloads.map(imageOf).find((image) => image !== undefined);
}

const WORKLOADS = ['Deployment', 'StatefulSet'];

function imageOf(workload: KubeObject): string | undefined {
  const template = jsonFields(jsonFields(workload['spec'])['template']);
  const [container] = jsonObjects(jsonFields(template['spec'])['containers']);
  return jsonText(container?.['image']);
}

/** What there is of the instance's volume, when it is less than its spec says. */
export async function smallerVolume(
  api: KubeApi,
  instance: JaegerInstance,
  signal: AbortSignal,
): Promise<string | undefined> {
  const normal = normalize(instance);
  const holder = holderOf(normal);
  if (holder === undefined) return undefined;
  return smallerThan(normal.spec.storage.embedded.size, await api.get(CLAIM, holder, signal));
}

interface ObserveInput {
  readonly instance: JaegerInstance;
  readonly desired: readonly KubeObject[];
  readonly signal: AbortSignal;
}

/** What is there now, and what the server says would be there: a server-side apply without effect. */
export async function observe(
  api: KubeApi,
  { instance, desired, signal }: ObserveInput,
): Promise<{ objects: readonly ObservedObject[]; unwanted: readonly KubeObject[] }> {
  const objects: ObservedObject[] = [];
  for (const object of desired) {
    const kind = kindOf(object);
    const before = await api.get(kind, keyOf(object), signal);
    objects.push({ before, after: await dryRun(api, { kind, object, before, signal }) });
  }
  const wanted = new Set(desired.map(identity));
  const owned = await ownedObjects(api, instance, signal);
  return { objects, unwanted: owned.filter((object) => !wanted.has(identity(object))) };
}

/** In a namespace that does not exist yet a dry run is not found: the object as wanted is shown. */
async function dryRun(
  api: KubeApi,
  input: {
    kind: ResourceKind;
    object: KubeObject;
    before: KubeObject | undefined;
    signal: AbortSignal;
  },
): Promise<KubeObject> {
  const { kind, object, before, signal } = input;
  try {
    return await api.apply(kind, object, { dryRun: true, signal });
  } catch (error) {
    if (before === undefined && error instanceof KubeApiError && error.status === 404)
      return object;
    throw error;
  }
}

async function ownedObjects(
  api: KubeApi,
  instance: JaegerInstance,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { namespace } = normalize(instance);
  const labelSelector = ownedSelector(instance.metadata.name);
  const lists = await Promise.all(
    OWNED_KINDS.map(async (kind) => {
      const { items } = await api.list(kind, { namespace, labelSelector }, signal);
      // A server leaves the kind out of the items of a list.
      return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
    }),
  );
  return lists.flat();
}

function kindOf(object: KubeObject): ResourceKind {
  const found = OWNED_KINDS.find(
    ({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind,
  );
  if (found === undefined) throw new TypeError(`${object.kind} is not among the owned kinds`);
  return found;
}

function keyOf({ metadata }: KubeObject): { namespace: string; name: string } {
  return { namespace: metadata.namespace ?? 'default', name: metadata.name };
}

function identity({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}
