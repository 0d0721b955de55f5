import { isJsonObject } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { Problem } from './problem.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

const OPTIONS = 'spec.sampling.options';

/**
 * What a collector would refuse of a strategies file, or would replace by its default with no more
 * than a line in its log.
 */
export function samplingProblems({ sampling }: JaegerInstanceSpec): readonly Problem[] {
  const { default_strategy: standard, service_strategies: services } = sampling?.options ?? {};
  return [
    ...(isAbsent(standard) ? [] : strategyProblems(standard, `${OPTIONS}.default_strategy`)),
    ...listProblems(services, `${OPTIONS}.service_strategies`, (entry, path) => [
      ...nameProblems(entry, path, 'service'),
      ...(isJsonObject(entry) ? strategyProblems(entry, path) : []),
    ]),
  ];
}

function strategyProblems(entry: unknown, path: string): readonly Problem[] {
  if (!isJsonObject(entry)) return [{ path, message: 'must be a map' }];
  const { operation_strategies: operations } = entry;
  // Rules for operations alone leave the rest to the default.
  const own = isAbsent(entry['type']) && !isAbsent(operations) ? [] : rateProblems(entry, path);
  const operationProblems = (operation: unknown, at: string): readonly Problem[] => [
    ...nameProblems(operation, at, 'operation'),
    ...(isJsonObject(operation) ? rateProblems(operation, at, ['probabilistic']) : []),
  ];
  return [...own, ...listProblems(operations, `${path}.operation_strategies`, operationProblems)];
}

const TYPES = ['probabilistic', 'ratelimiting'];

function rateProblems(
  { type, param }: JsonObject,
  path: string,
  types: readonly string[] = TYPES,
): readonly Problem[] {
  if (typeof type !== 'string' || !types.includes(type)) {
    return [{ path: `${path}.type`, message: notAllowed(type, types.join(' | ')) }];
  }
  const rate = isAbsent(param) ? 0 : param;
  const max = type === 'probabilistic' ? 1 : Number.MAX_SAFE_INTEGER;
  if (typeof rate === 'number' && rate >= 0 && rate <= max) return [];
  const allowed =
    type === 'probabilistic' ? 'a probability from 0 to 1' : 'traces per second, 0 or more';
  return [{ path: `${path}.param`, message: notAllowed(param, allowed) }];
}

function nameProblems(entry: unknown, path: string, field: string): readonly Problem[] {
  if (!isJsonObject(entry)) return [{ path, message: 'must be a map' }];
  const name = entry[field];
  if (typeof name === 'string' && name !== '') return [];
  return [{ path: `${path}.${field}`, message: notAllowed(name, `the name of the ${field}`) }];
}

function listProblems(
  list: unknown,
  path: string,
  judge: (entry: unknown, path: string) => readonly Problem[],
): readonly Problem[] {
  if (isAbsent(list)) return [];
  if (!Array.isArray(list)) return [{ path, message: 'must be a list' }];
  return list.flatMap((entry: unknown, index) => judge(entry, `${path}[${index}]`));
}

function notAllowed(given: unknown, allowed: string): string {
  return isAbsent(given)
    ? `give ${allowed}`
    : `${JSON.stringify(given)} is not allowed; give ${allowed}`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
