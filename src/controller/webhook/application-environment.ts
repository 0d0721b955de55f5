import { jsonObjects, jsonText } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

export interface PodIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the agent beside it takes OTLP. */
  readonly otlp: boolean;
}

/** Labels that name the application, most telling first. */
const NAME_LABELS = ['app.kubernetes.io/instance', 'app.kubernetes.io/name', 'app'] as const;

/** Any of these in a container's own environment: it has been told where to send. */
const ENDPOINT_NAMES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * The variables an application container gets so that Jaeger clients and OpenTelemetry SDKs find
 * the agent beside them. What the container sets itself stays. A container with `envFrom` gets none:
 * `env` would win over names that a ConfigMap or Secret sets, and those are not read here.
 */
export function applicationEnvironment(
  container: JsonObject,
  pod: PodIdentity,
): readonly EnvironmentVariable[] {
  if (jsonObjects(container['envFrom']).length > 0) return [];
  const present = new Set(
    jsonObjects(container['env']).map((entry) => jsonText(entry['name']) ?? ''),
  );
  const app = NAME_LABELS.map((label) => pod.labels[label]).find((value) => value !== undefined);
  const variables: EnvironmentVariable[] = [
    { name: 'JAEGER_PROPAGATION', value: 'jaeger,b3,w3c' },
    { name: 'JAEGER_AGENT_HOST', value: 'localhost' },
  ];
  if (app !== undefined) {
    variables.push(
      { name: 'JAEGER_SERVICE_NAME', value: `${app}.${pod.namespace}` },
      { name: 'OTEL_SERVICE_NAME', value: app },
    );
  }
  if (pod.otlp && !ENDPOINT_NAMES.some((name) => present.has(name))) {
    variables.push(
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://localhost:4318' },
      { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'http/protobuf' },
    );
  }
  return variables.filter(({ name }) => !present.has(name));
}
