import { HASH_ANNOTATION } from '../../controller/desired/labels.ts';
import type { KubeObject } from '../../controller/kube-object.ts';
import { diffFields } from './object-diff.ts';
import type { FieldChange } from './object-diff.ts';

/** What applying an instance would do to one object. */
export type PlannedChange =
  | { readonly action: 'add'; readonly object: KubeObject }
  | { readonly action: 'remove'; readonly object: KubeObject }
  | {
      readonly action: 'change';
      readonly object: KubeObject;
      readonly fields: readonly FieldChange[];
      /** Whether the pods of this workload are replaced. */
      readonly restarts: boolean;
    };

export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly unchanged: number;
}

export interface ObservedObject {
  /** What the server would hold after applying. */
  readonly after: KubeObject;
  /** What it holds now; undefined when there is no such object. */
  readonly before: KubeObject | undefined;
}

/** Metadata that comes with writing an object and says nothing about what is wanted. */
const BOOKKEEPING = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'uid',
];
const BOOKKEEPING_ANNOTATIONS = [HASH_ANNOTATION, 'deprecated.daemonset.template.generation'];

/** @param unwanted objects of the instance that applying would delete */
export function makePlan(
  objects: readonly ObservedObject[],
  unwanted: readonly KubeObject[],
): Plan {
  const changes: PlannedChange[] = [];
  for (const { before, after } of objects) {
    if (before === undefined) {
      changes.push({ action: 'add', object: after });
      continue;
    }
    const fields = diffFields(comparable(before), comparable(after));
    if (fields.length === 0) continue;
    const restarts = fields.some(({ path }) => path.startsWith('spec.template.'));
    changes.push({ action: 'change', object: after, fields, restarts });
  }
  const unchanged = objects.length - changes.length;
  changes.push(...unwanted.map((object) => ({ action: 'remove', object }) as const));
  return { changes, unchanged };
}

function comparable(object: KubeObject): object {
  const annotations = without(object.metadata.annotations ?? {}, BOOKKEEPING_ANNOTATIONS);
  const metadata = { ...without(object.metadata, BOOKKEEPING), annotations };
  return { ...object, status: undefined, metadata };
}

function without(fields: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
