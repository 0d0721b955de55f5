import type { JsonObject } from '../../runtime/json-object.ts';
import { jsonFields, jsonText } from '../../runtime/json-object.ts';
import type { KubeObject, ObjectKey } from '../kube-object.ts';
import { INJECT_ANNOTATION, chooseInstance, injectionAsked } from './choose-instance.ts';
import type { InstanceChoice } from './choose-instance.ts';

/**
 * On a pod template: the instance its pods were last rolled for. `;copied` after it means that the
 * inject annotation beside it is a copy of the workload's, to be taken away with it.
 */
export const REVISION_ANNOTATION = 'sidecar.jaegertracing.io/revision';
const COPIED = ';copied';

/** What a workload's pod template should say; null takes an annotation away. */
export interface TemplateAnnotations {
  readonly [INJECT_ANNOTATION]?: string | null;
  readonly [REVISION_ANNOTATION]?: string | null;
}

export type RolloutPlan =
  | { readonly kind: 'nothing' }
  /** An agent is asked for but no instance fits; pods go on without. */
  | { readonly kind: 'no-instance'; readonly message: string }
  | {
      readonly kind: 'roll';
      readonly annotations: TemplateAnnotations;
      /** undefined: the agents go. */
      readonly instance: ObjectKey | undefined;
      /** New pods get their agent without it: roll only when there are pods that have none. */
      readonly onlyForMissed: boolean;
    };

/**
 * Whether the pods of a workload must be replaced so that they get, change or lose their agent.
 * People annotate workloads and namespaces; the admission of a pod sees neither a workload nor a
 * later annotation of the namespace. So the template is annotated, which rolls the pods.
 */
export function planRollout(
  workload: KubeObject,
  namespaceAnnotations: Annotations,
  instances: readonly ObjectKey[],
): RolloutPlan {
  const current = readTemplate(workload);
  const choice = chooseFor(workload, current, { namespaceAnnotations, instances });
  const instance = choice?.instance;
  // A "false", or a name that no instance has, matters to pods where their namespace says otherwise.
  const namespaceAsks = injectionAsked(undefined, namespaceAnnotations) !== undefined;
  const copies = current.ofUser === undefined && (instance !== undefined || namespaceAsks);
  const copied = copies ? workload.metadata.annotations?.[INJECT_ANNOTATION] : undefined;
  const revision = revisionOf(instance, copied !== undefined);
  if (revision === current.revision && copied === current.copied) {
    return choice?.none === undefined
      ? { kind: 'nothing' }
      : { kind: 'no-instance', message: choice.none };
  }
  const annotations = changes(current, { revision, copied });
  const isNew = copied === undefined && current.revision === undefined;
  return { kind: 'roll', instance, annotations, onlyForMissed: isNew };
}

/** undefined: no agent is asked for. */
function chooseFor(
  { metadata }: KubeObject,
  current: TemplateState,
  view: {
    readonly namespaceAnnotations: Annotations;
    readonly instances: readonly ObjectKey[];
  },
): InstanceChoice | undefined {
  const counting = current.ofUser ?? metadata.annotations?.[INJECT_ANNOTATION];
  const asked = injectionAsked(
    counting === undefined ? undefined : { [INJECT_ANNOTATION]: counting },
    view.namespaceAnnotations,
  );
  if (asked === undefined) return undefined;
  const held = heldInstance(current.revision);
  return chooseInstance(asked, metadata.namespace ?? '', view.instances, held);
}

/** `namespace/name` of the instance that a template or a pod was rolled for. */
export function heldInstance(revision: string | undefined): string | undefined {
  const held = revision?.replace(COPIED, '');
  return held === 'none' ? undefined : held;
}

type Annotations = Readonly<Record<string, string>> | undefined;

interface OwnAnnotations {
  readonly revision: string | undefined;
  /** The copy of the workload's inject annotation. */
  readonly copied: string | undefined;
}

interface TemplateState extends OwnAnnotations {
  /** The inject annotation, when somebody else wrote it. */
  readonly ofUser: string | undefined;
}

function readTemplate(workload: KubeObject): TemplateState {
  const template = templateAnnotations(workload);
  const revision = jsonText(template[REVISION_ANNOTATION]);
  const inject = jsonText(template[INJECT_ANNOTATION]);
  return revision?.endsWith(COPIED) === true
    ? { revision, copied: inject, ofUser: undefined }
    : { revision, copied: undefined, ofUser: inject };
}

function revisionOf(instance: ObjectKey | undefined, copied: boolean): string | undefined {
  if (instance === undefined) return copied ? `none${COPIED}` : undefined;
  return `${instance.namespace}/${instance.name}${copied ? COPIED : ''}`;
}

function changes(current: OwnAnnotations, wanted: OwnAnnotations): TemplateAnnotations {
  return {
    [REVISION_ANNOTATION]: wanted.revision ?? null,
    ...(current.copied === wanted.copied ? {} : { [INJECT_ANNOTATION]: wanted.copied ?? null }),
  };
}

/** The instance that the pods of a workload should have the agent of, as its template notes it. */
export function templateRevision(workload: KubeObject): string | undefined {
  const revision = jsonText(templateAnnotations(workload)[REVISION_ANNOTATION]);
  return heldInstance(revision) === undefined ? undefined : revision;
}

function templateAnnotations(workload: KubeObject): JsonObject {
  const template = jsonFields(jsonFields(workload['spec'])['template']);
  return jsonFields(jsonFields(template['metadata'])['annotations']);
}
