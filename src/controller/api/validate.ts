import type { z } from 'zod';
import type { KubeObject } from '../kube-object.ts';
import { embeddedProblems } from './embedded-problems.ts';
import { ignoredFields } from './ignored-fields.ts';
import { JAEGER_INSTANCE } from './jaeger-instance.ts';
import type { JaegerInstance } from './jaeger-instance.ts';
import { memoryWarnings } from './memory-warnings.ts';
import { optionProblems } from './option-problems.ts';
import type { Problem } from './problem.ts';
import { CROSS_FIELD_RULES } from './rules.ts';
import { samplingProblems } from './sampling-problems.ts';
import { specSchema } from './spec-schema.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

export type Validation =
  | {
      readonly valid: true;
      readonly instance: JaegerInstance;
      readonly warnings: readonly Problem[];
    }
  | { readonly valid: false; readonly errors: readonly Problem[] };

/**
 * The same judgement in the webhook, in the reconciler and in `jaegerctl plan`: every error at
 * once, and what is allowed but has no effect or ends badly.
 * @param before the object that this one takes the place of, where that is known
 */
export function validateInstance(object: KubeObject, before?: KubeObject): Validation {
  const errors = identityProblems(object);
  const parsed = specSchema.safeParse(object['spec'] ?? {}, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue));
    return { valid: false, errors: [...errors, ...problems] };
  }
  const { data } = parsed;
  errors.push(
    ...ruleProblems(data, before),
    ...optionProblems(data),
    ...embeddedProblems(data),
    ...samplingProblems(data),
  );
  if (errors.length > 0) return { valid: false, errors };
  const { apiVersion, kind, metadata } = object;
  const instance: JaegerInstance = { apiVersion, kind, metadata, spec: parsed.data };
  const warnings = [...ignoredFields(parsed.data), ...memoryWarnings(parsed.data)];
  return { valid: true, instance, warnings };
}

function identityProblems(object: KubeObject): Problem[] {
  const problems: Problem[] = [];
  if (object.apiVersion !== JAEGER_INSTANCE.apiVersion) {
    problems.push({
      path: 'apiVersion',
      message: wrongValue(object.apiVersion, ['jaegertracing.io/v1']),
    });
  }
  if (object.kind !== JAEGER_INSTANCE.kind) {
    problems.push({ path: 'kind', message: wrongValue(object.kind, [JAEGER_INSTANCE.kind]) });
  }
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(object.metadata.name)) {
    const message = `${JSON.stringify(object.metadata.name)} is not a name: use a-z, 0-9, - and .`;
    problems.push({ path: 'metadata.name', message });
  }
  return problems;
}

function ruleProblems(
  spec: JaegerInstanceSpec,
  before: KubeObject | undefined,
): readonly Problem[] {
  // One that an older version let in, and that is no valid spec now, has nothing to compare with.
  const old = specSchema.safeParse(before?.['spec']).data;
  return CROSS_FIELD_RULES.filter((rule) => !rule.holds(spec, old)).map(({ path, message }) => ({
    path: ['spec', ...path].join('.'),
    message,
  }));
}

function issueProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: `${path}.${key}`, message: 'is not a field' }));
    case 'invalid_value':
      return [{ path, message: wrongValue(issue.input, issue.values) }];
    case 'invalid_type':
      return [{ path, message: `must be ${expectedText(issue.expected)}` }];
    case 'too_small':
      return [{ path, message: `must be ${sizeText(issue.origin, 'at least', issue.minimum)}` }];
    case 'too_big':
      return [{ path, message: `must be ${sizeText(issue.origin, 'at most', issue.maximum)}` }];
    case 'invalid_union':
      return [{ path, message: 'must be an integer or a text' }];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message }));
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [{ path, message: issue.message }];
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'spec',
  );
}

function wrongValue(given: unknown, allowed: readonly unknown[]): string {
  const shown = given === undefined ? 'the value' : JSON.stringify(given);
  return `${shown} is not allowed; give ${allowed.map(String).join(' | ')}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'an integer',
  number: 'an integer',
  object: 'a map',
  record: 'a map',
  string: 'a text',
};

function expectedText(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

function sizeText(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'array') return `a list of ${bound} ${size} items`;
  return origin === 'string' ? `a text of ${bound} ${size} characters` : `${bound} ${size}`;
}
