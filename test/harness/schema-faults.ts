import { isJsonObject } from '../../src/runtime/json-object.ts';

/**
 * Where a value is not as a JSON Schema says, in the few words of JSON Schema that ours use. A field
 * that the schema does not name is a fault too: it would be undocumented.
 */
export function schemaFaults(
  value: unknown,
  schema: unknown,
  schemas: Readonly<Record<string, unknown>>,
  at = '$',
): readonly string[] {
  if (!isJsonObject(schema)) return [`${at}: no schema`];
  const { $ref, anyOf, enum: words, type } = schema;
  if (typeof $ref === 'string') {
    return schemaFaults(value, schemas[$ref.split('/').at(-1) ?? ''], schemas, at);
  }
  if (Array.isArray(anyOf)) {
    const tries = anyOf.map((one) => schemaFaults(value, one, schemas, at));
    return tries.some((faults) => faults.length === 0) ? [] : tries.flat();
  }
  if (Array.isArray(words) && !words.includes(value)) return [`${at}: ${String(value)}`];
  if (type !== undefined && ![type].flat().includes(typeName(value))) {
    return [`${at}: ${typeName(value)} instead of ${JSON.stringify(type)}`];
  }
  if (Array.isArray(value)) return arrayFaults(value, schema, schemas, at);
  return isJsonObject(value) ? objectFaults(value, schema, schemas, at) : [];
}

function arrayFaults(
  value: readonly unknown[],
  { items, maxItems }: Readonly<Record<string, unknown>>,
  schemas: Readonly<Record<string, unknown>>,
  at: string,
): readonly string[] {
  if (maxItems === 0) return value.length > 0 ? [`${at}: is not empty`] : [];
  return value.flatMap((item, index) => schemaFaults(item, items, schemas, `${at}[${index}]`));
}

function objectFaults(
  value: Readonly<Record<string, unknown>>,
  { additionalProperties, properties, required }: Readonly<Record<string, unknown>>,
  schemas: Readonly<Record<string, unknown>>,
  at: string,
): readonly string[] {
  if (properties === undefined && additionalProperties === undefined) return [];
  const known = isJsonObject(properties) ? properties : {};
  const missing = Array.isArray(required)
    ? required.filter((name) => !(String(name) in value))
    : [];
  return [
    ...missing.map((name) => `${at}.${String(name)}: is missing`),
    ...Object.entries(value).flatMap(([name, field]) =>
      schemaFaults(field, known[name] ?? additionalProperties, schemas, `${at}.${name}`),
    ),
  ];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
