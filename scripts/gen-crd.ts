import { dump } from 'js-yaml';
import { z } from 'zod';
import { isJsonObject } from '../src/runtime/json-object.ts';
import { JAEGER_INSTANCE } from '../src/controller/api/jaeger-instance.ts';
import { CROSS_FIELD_RULES } from '../src/controller/api/rules.ts';
import { specSchema } from '../src/controller/api/spec-schema.ts';
import type { GeneratedFile } from './generated-file.ts';

/** What a CRD's `openAPIV3Schema` may hold here: a structural schema, fields in Kubernetes' words. */
interface StructuralSchema {
  readonly [word: string]: unknown;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
}

/** The CRD, and the copy of it that the chart carries. */
export function crdFiles(): readonly GeneratedFile[] {
  const yaml = dump(customResourceDefinition(), { lineWidth: 100, noRefs: true });
  const content = `# Generated from src/controller/api by npm run gen.\n${yaml}`;
  const fileName = `${JAEGER_INSTANCE.group}_${JAEGER_INSTANCE.plural}.yaml`;
  return [
    { path: `crds/${fileName}`, content },
    { path: `charts/jaeger-instance-operator/files/${fileName}`, content },
  ];
}

export function customResourceDefinition(): object {
  const { group, version, kind, plural } = JAEGER_INSTANCE;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: ['ji'],
        categories: ['tracing'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: PRINTER_COLUMNS,
          subresources: { status: {} },
          schema: { openAPIV3Schema: instanceSchema() },
        },
      ],
    },
  };
}

const column = (name: string, jsonPath: string, wide = false): object => ({
  name,
  type: 'string',
  jsonPath,
  ...(wide ? { priority: 1 } : {}),
});

const PRINTER_COLUMNS: readonly object[] = [
  column('Ready', '.status.conditions[?(@.type=="Ready")].status'),
  column('Strategy', '.status.strategy'),
  column('Storage', '.status.storage'),
  column('Version', '.status.version'),
  column('Collector', '.status.collector', true),
  column('Query', '.status.query', true),
  column('Endpoint', '.status.endpoints.query', true),
  column('Message', '.status.conditions[?(@.type=="Ready")].message', true),
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

function instanceSchema(): StructuralSchema {
  const spec = structural(z.toJSONSchema(specSchema, { target: 'openapi-3.0', io: 'input' }));
  const rules = CROSS_FIELD_RULES.map(({ path, message, cel }) => ({
    rule: cel,
    message,
    fieldPath: `.${path.join('.')}`,
  }));
  return {
    type: 'object',
    description: 'A tracing deployment: where spans are taken, kept and shown.',
    properties: {
      apiVersion: { type: 'string', description: 'Version of this schema.' },
      kind: { type: 'string', description: 'JaegerInstance.' },
      // The API server refuses a CRD that says more about it.
      metadata: { type: 'object' },
      spec: { ...spec, 'x-kubernetes-validations': rules },
      status: STATUS_SCHEMA,
    },
  };
}

/** Written by the operator alone, so the API server needs to know no more than its columns do. */
const STATUS_SCHEMA: StructuralSchema = {
  type: 'object',
  description: 'What the operator observed. Written by the operator only.',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'Generation of the spec that this status is about.',
    },
    version: { type: 'string', description: 'Version of the operator that wrote this.' },
    strategy: { type: 'string', description: 'The strategy in effect.' },
    storage: { type: 'string', description: 'The storage in effect.' },
    collector: { type: 'string', description: 'Ready and wanted pods that take spans.' },
    query: { type: 'string', description: 'Ready and wanted pods that answer queries.' },
    endpoints: {
      type: 'object',
      description: 'Addresses inside the cluster.',
      additionalProperties: { type: 'string' },
    },
    conditions: {
      type: 'array',
      description: 'Ready, Progressing, Degraded, StorageReady.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        description: 'One condition.',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: { type: 'string', description: 'What it is about.' },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'Whether.' },
          reason: { type: 'string', description: 'A stable word for why.' },
          message: { type: 'string', description: 'Why, for people.' },
          lastTransitionTime: {
            type: 'string',
            format: 'date-time',
            description: 'When the status last changed.',
          },
          observedGeneration: {
            type: 'integer',
            format: 'int64',
            description: 'Generation of the spec that this condition is about.',
          },
        },
      },
    },
  },
};

const SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

/**
 * A JSON Schema as Kubernetes takes it: no `additionalProperties` beside `properties`, nothing said
 * about open objects and int-or-string values, no bounds that only mean "a JavaScript integer".
 */
export function structural(schema: unknown): StructuralSchema {
  if (!isJsonObject(schema)) throw new TypeError('a schema is an object');
  if (schema['x-kubernetes-int-or-string'] === true) return withoutWords(schema, ['anyOf', 'type']);
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) {
    return withoutWords(schema, ['additionalProperties', 'propertyNames']);
  }
  const { properties, items, additionalProperties, ...rest } = schema;
  const kept: Record<string, unknown> = withoutWords(rest, ['propertyNames']);
  if (kept['maximum'] === SAFE_INTEGER) delete kept['maximum'];
  if (kept['minimum'] === -SAFE_INTEGER) delete kept['minimum'];
  if (isJsonObject(properties)) {
    const children = Object.entries(properties).map(([name, child]) => [name, structural(child)]);
    kept['properties'] = Object.fromEntries(children);
  } else if (isJsonObject(additionalProperties)) {
    kept['additionalProperties'] = structural(additionalProperties);
  }
  if (items !== undefined) kept['items'] = structural(items);
  return kept;
}

function withoutWords(
  schema: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([word]) => !words.includes(word)));
}
