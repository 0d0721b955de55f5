import type { JaegerInstance } from '../controller/api/jaeger-instance.ts';
import { desiredObjects } from '../controller/desired/desired-objects.ts';
import { jsonFields, jsonObjects, jsonText } from '../runtime/json-object.ts';
import type { JsonObject } from '../runtime/json-object.ts';
import { LOCAL_FACTS } from './local-processes.ts';

/**
 * What the instance asks for and only a cluster can give, for people to read. Things every instance
 * gets without asking are not in it.
 */
export function leftOut(instance: JaegerInstance): readonly string[] {
  const { spec } = instance;
  const asksForIngress = spec.ingress !== undefined;
  const objects = desiredObjects(instance, LOCAL_FACTS)
    .filter(({ kind }) => kind === 'DaemonSet' || (kind === 'Ingress' && asksForIngress))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [
    ...objects,
    ...leftOutOfPod(jsonFields(spec)),
    ...leftOutOfPod(jsonFields(spec.allInOne)),
    ...leftOutOfPod(jsonFields(spec.collector)),
    ...leftOutOfPod(jsonFields(spec.query)),
    ...leftOutOfPod(jsonFields(spec.storage?.embedded)),
  ];
}

function leftOutOfPod({ env, envFrom, volumes }: JsonObject): readonly string[] {
  const named = (what: string, entries: readonly JsonObject[]): readonly string[] =>
    entries.map((entry) => `${what} ${jsonText(entry['name']) ?? ''}`);
  return [
    ...named(
      'env',
      jsonObjects(env).filter((variable) => variable['valueFrom'] !== undefined),
    ),
    ...(jsonObjects(envFrom).length > 0 ? ['envFrom'] : []),
    ...named('volume', jsonObjects(volumes)),
  ];
}
