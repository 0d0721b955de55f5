/** A JSON object whose fields nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a JSON array; [] for anything else. */
export function jsonObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The fields of a JSON object; {} for anything else. */
export function jsonFields(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function jsonText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
