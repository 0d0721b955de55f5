import { z } from 'zod';

/** JSON whose meaning is Kubernetes' own: kept as it is, checked when the object is applied. */
type OpenSchema = z.ZodRecord<z.ZodString, z.ZodUnknown>;

function openSchema(description: string): OpenSchema {
  return z
    .record(z.string(), z.unknown())
    .meta({ description, 'x-kubernetes-preserve-unknown-fields': true });
}

/**
 * An object the CRD does not look into. Inlining the schemas of pods would make the CRD larger than
 * the 262,144 bytes `kubectl apply` can remember of it.
 */
export function openObject(description: string): z.ZodOptional<OpenSchema> {
  return openSchema(description).optional();
}

export function openList(description: string, item: string): z.ZodOptional<z.ZodArray<OpenSchema>> {
  return z.array(openSchema(item)).max(64).meta({ description }).optional();
}

export function stringMap(
  description: string,
): z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodString>> {
  return z.record(z.string(), z.string()).meta({ description }).optional();
}

export function text(description: string): z.ZodOptional<z.ZodString> {
  return z.string().min(1).meta({ description }).optional();
}

export function flag(description: string): z.ZodOptional<z.ZodBoolean> {
  return z.boolean().meta({ description }).optional();
}

export function port(description: string): z.ZodOptional<z.ZodInt> {
  return z.int().min(1).max(65_535).meta({ description }).optional();
}

/** A CPU or memory amount, or a count: Kubernetes takes both spellings. */
export const intOrString = z.union([z.string(), z.int()]).meta({
  description: 'A number, or a text such as 500m, 1Gi or 25%.',
  'x-kubernetes-int-or-string': true,
});
