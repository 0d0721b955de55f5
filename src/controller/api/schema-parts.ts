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

/** `give` completes the sentence `"x" is not allowed; give …`. */
export function patternText(pattern: RegExp, give: string): z.ZodString {
  return z.string().regex(pattern, { error: ({ input }) => notAllowed(input, give) });
}

function notAllowed(input: unknown, give: string): string {
  return `${JSON.stringify(input)} is not allowed; give ${give}`;
}

/** A name with a DNS prefix before a slash, or without one. */
const metadataKey = patternText(
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  'a key such as team or example.com/team',
);

type TextMap = z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodString>>;

export function annotationMap(description: string): TextMap {
  return z.record(metadataKey, z.string()).meta({ description }).optional();
}

const labelValue = patternText(
  /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
  'at most 63 letters, digits, -, _ and ., a letter or digit first and last',
);

export function labelMap(description: string): TextMap {
  return z.record(metadataKey, labelValue).meta({ description }).optional();
}

const DNS_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

export const dnsLabelText = patternText(
  new RegExp(`^${DNS_LABEL}$`),
  'at most 63 of a-z, 0-9 and -, a letter or digit first and last',
);

/** A name of most kinds: DNS labels with dots between them. */
export const dnsNameText = patternText(
  new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`),
  'at most 253 of a-z, 0-9, - and ., a letter or digit first and last',
).max(253);

/** As an Ingress takes it. */
export const hostName = patternText(
  new RegExp(`^(\\*\\.)?${DNS_LABEL}(\\.${DNS_LABEL})*$`),
  'a host name such as traces.example.com or *.example.com',
).max(253);

export function text(description: string): z.ZodOptional<z.ZodString> {
  return z.string().min(1).meta({ description }).optional();
}

export function flag(description: string): z.ZodOptional<z.ZodBoolean> {
  return z.boolean().meta({ description }).optional();
}

export function port(description: string): z.ZodOptional<z.ZodInt> {
  return z.int().min(1).max(65_535).meta({ description }).optional();
}

/** A count or a share: Kubernetes takes both spellings. */
export const intOrString = z.union([z.string(), z.int()]).meta({
  description: 'A number, or a text such as 25%.',
  'x-kubernetes-int-or-string': true,
});

/** Kubernetes' own notation, without a sign: no resource is less than nothing. */
const QUANTITY = /^([0-9]+(\.[0-9]*)?|\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|[eE][-+]?[0-9]+)?$/;

export const quantity = intOrString
  .refine((given) => QUANTITY.test(String(given)), {
    error: ({ input }) => notAllowed(input, 'an amount such as 500m, 2 or 512Mi'),
  })
  .meta({
    description: 'An amount such as 500m, 2 or 512Mi.',
    pattern: QUANTITY.source,
    'x-kubernetes-int-or-string': true,
  });

/**
 * A text alone, and bounded: the API server compares sizes by rules, whose cost it estimates from
 * the longest value.
 */
export const volumeSize = patternText(
  /^[1-9][0-9]*(\.[0-9]+)?(Mi|Gi|Ti|Pi|M|G|T|P)$/,
  'a size such as 10Gi or 1.5Ti',
).max(20);

/** As Go writes it, and every setting of a role. */
export const duration = patternText(
  /^([0-9]+(\.[0-9]+)?(h|m|s))+$/,
  'a duration such as 72h or 1h30m',
).max(40);
