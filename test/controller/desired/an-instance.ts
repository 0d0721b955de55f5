import type { JaegerInstance } from '../../../src/controller/api/jaeger-instance.ts';
import type { JaegerInstanceSpec } from '../../../src/controller/api/spec-schema.ts';
import type { ClusterFacts } from '../../../src/controller/desired/cluster-facts.ts';
import { desiredObjects } from '../../../src/controller/desired/desired-objects.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

export const FACTS: ClusterFacts = {
  serverVersion: { major: 1, minor: 34 },
  image: 'example.com/jaeger:1',
  defaultIngressClass: undefined,
};

export function anInstance(spec: JaegerInstanceSpec = {}, name = 'simplest'): JaegerInstance {
  return {
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name, namespace: 'tracing' },
    spec,
  };
}

/** The one desired object of a kind and name. */
export function desired(kind: string, name: string, spec: JaegerInstanceSpec = {}): KubeObject {
  const found = desiredObjects(anInstance(spec), FACTS).filter(
    (object) => object.kind === kind && object.metadata.name === name,
  );
  const [object] = found;
  if (object === undefined || found.length > 1) {
    throw new Error(`${found.length} objects ${kind} ${name}`);
  }
  return object;
}

export function labels(component: string, name: string): Record<string, string> {
  return {
    app: 'jaeger',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': 'simplest',
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'jaeger',
    'app.kubernetes.io/managed-by': 'jaeger-instance-operator',
  };
}
