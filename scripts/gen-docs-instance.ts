import { isJsonObject, jsonFields, jsonObjects, jsonText } from '../src/runtime/json-object.ts';
import type { JsonObject } from '../src/runtime/json-object.ts';
import { customResourceDefinition } from './gen-crd.ts';
import { code, markdownTable } from './markdown-table.ts';

type Field = readonly [path: string, schema: JsonObject];

/** Every field of a JaegerInstance and the rules over several of them, from the CRD's own schema. */
export function instancePage(): string {
  const definition = jsonFields(customResourceDefinition());
  const version = jsonObjects(jsonFields(definition['spec'])['versions'])[0] ?? {};
  const schema = jsonFields(jsonFields(version['schema'])['openAPIV3Schema']);
  const { spec, status } = jsonFields(schema['properties']);
  const sections = Object.entries(jsonFields(jsonFields(spec)['properties']));
  const isPlain = (child: unknown): boolean => !Object.hasOwn(jsonFields(child), 'properties');
  const plain = sections.filter(([, child]) => isPlain(child));
  const nested = sections.filter(([, child]) => !isPlain(child));
  const part = ([name, child]: readonly [string, unknown]): string =>
    `## spec.${name}\n\n${jsonText(jsonFields(child)['description']) ?? ''}\n\n` +
    fieldsTable(fieldsBelow(`spec.${name}`, jsonFields(child)));
  return `# JaegerInstance

Generated from the source by \`npm run gen\`; do not edit.

${jsonText(schema['description']) ?? ''} \`kubectl explain jaegerinstance.spec\` shows the same. Only
\`metadata.name\` is required. An unknown field is an error when it is applied.

## spec

${fieldsTable(plain.flatMap(([name, child]) => fieldsOf(`spec.${name}`, jsonFields(child))))}

${nested.map(part).join('\n\n')}

## Rules over several fields

The API server holds them, with the webhook or without.

${rulesTable(jsonFields(spec))}

## status

${jsonText(jsonFields(status)['description']) ?? ''}

${fieldsTable(fieldsBelow('status', jsonFields(status)))}
`;
}

function fieldsOf(path: string, schema: JsonObject): readonly Field[] {
  return [[path, schema], ...fieldsBelow(path, schema)];
}

function fieldsBelow(path: string, schema: JsonObject): readonly Field[] {
  const { properties, items } = schema;
  if (isJsonObject(items)) return fieldsBelow(`${path}[]`, items);
  return Object.entries(jsonFields(properties)).flatMap(([name, child]) =>
    fieldsOf(`${path}.${name}`, jsonFields(child)),
  );
}

function fieldsTable(fields: readonly Field[]): string {
  const rows = fields.map(([path, schema]) => [
    code(path),
    typeText(schema),
    [jsonText(schema['description']) ?? '', ...limits(schema)].filter(Boolean).join(' '),
  ]);
  return markdownTable(['Field', 'Type', 'What it is'], rows);
}

function typeText(schema: JsonObject): string {
  const { enum: choices, items, additionalProperties } = schema;
  if (Array.isArray(choices)) return choices.map((choice) => code(String(choice))).join(', ');
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or text';
  if (isJsonObject(items)) return `list of ${typeText(items)}`;
  if (isJsonObject(additionalProperties)) return `map of ${typeText(additionalProperties)}`;
  const type = jsonText(schema['type']) ?? 'anything';
  return type === 'string' ? 'text' : type;
}

const LIMITS = {
  minimum: 'At least',
  maximum: 'At most',
  minLength: 'Shortest:',
  maxLength: 'Longest:',
  maxItems: 'Most items:',
  pattern: 'Pattern:',
} as const;

function limits(schema: JsonObject): readonly string[] {
  return Object.entries(LIMITS).flatMap(([word, text]) => {
    const value = schema[word];
    return typeof value === 'number' || typeof value === 'string'
      ? [`${text} ${code(String(value))}.`]
      : [];
  });
}

function rulesTable(spec: JsonObject): string {
  const rows = jsonObjects(spec['x-kubernetes-validations']).map((rule) => [
    code(`spec${jsonText(rule['fieldPath']) ?? ''}`),
    jsonText(rule['message']) ?? '',
    code(jsonText(rule['rule']) ?? ''),
  ]);
  return markdownTable(['Field', 'Rule', 'CEL (`self` is the spec)'], rows);
}
