import type {
  OperationSampling,
  OperationStrategy,
  SamplingStrategy,
} from '../model/sampling-strategy.ts';
import { isJsonObject } from '../runtime/json-object.ts';
import type { JsonObject } from '../runtime/json-object.ts';

/** The strategies file is not one; the message says where. */
export class StrategiesFileError extends Error {
  override readonly name = 'StrategiesFileError';
}

export interface StrategyTable {
  readonly default: SamplingStrategy;
  readonly services: ReadonlyMap<string, SamplingStrategy>;
  /** About entries that were left out or replaced, for the log. */
  readonly warnings: readonly string[];
}

/** The table when there is no file. */
export function defaultStrategies(defaultProbability: number): StrategyTable {
  return { default: probabilistic(defaultProbability), services: new Map(), warnings: [] };
}

/**
 * Reads `{"default_strategy": S, "service_strategies": [S with "service"]}` where S is
 * `{type, param, operation_strategies: [{operation, type, param}]}`.
 *
 * A service without rules for operations gets those of the default strategy, its own rate first; a
 * service with some gets the default's for all other operations.
 * @throws StrategiesFileError
 */
export function parseStrategies(text: string, defaultProbability: number): StrategyTable {
  const file = parseJson(text);
  if (file === null) return defaultStrategies(defaultProbability);
  const root = objectOf(file, 'the file');
  const warnings: string[] = [];
  const context = { defaultProbability, warnings };
  const defaultEntry = root['default_strategy'] ?? null;
  const fallback =
    defaultEntry === null
      ? probabilistic(defaultProbability)
      : parseEntry(objectOf(defaultEntry, 'default_strategy'), 'default_strategy', context);
  const services = new Map<string, SamplingStrategy>();
  arrayOf(root['service_strategies'], 'service_strategies').forEach((value, index) => {
    const where = `service_strategies[${index}]`;
    const entry = objectOf(value, where);
    const service = stringOf(entry['service'], `${where}.service`);
    services.set(service, inherit(parseEntry(entry, where, context), fallback));
  });
  return { default: fallback, services, warnings };
}

interface ParseContext {
  readonly defaultProbability: number;
  readonly warnings: string[];
}

function inherit(own: SamplingStrategy, fallback: SamplingStrategy): SamplingStrategy {
  const inherited = fallback.operations;
  if (inherited === undefined) return own;
  if (own.operations === undefined) {
    const defaultSamplingProbability = own.samplingRate ?? inherited.defaultSamplingProbability;
    return { ...own, operations: { ...inherited, defaultSamplingProbability } };
  }
  const named = new Set(own.operations.perOperation.map(({ operation }) => operation));
  const others = inherited.perOperation.filter(({ operation }) => !named.has(operation));
  const perOperation = [...own.operations.perOperation, ...others];
  return { ...own, operations: { ...own.operations, perOperation } };
}

function parseEntry(entry: JsonObject, where: string, context: ParseContext): SamplingStrategy {
  const strategy = parseStrategy(entry, where, context);
  const rules = arrayOf(entry['operation_strategies'], `${where}.operation_strategies`);
  if (rules.length === 0) return strategy;
  const operations: OperationSampling = {
    defaultSamplingProbability: strategy.samplingRate ?? context.defaultProbability,
    defaultLowerBoundTracesPerSecond: 0,
    perOperation: rules.flatMap((rule, index) =>
      parseOperation(rule, `${where}.operation_strategies[${index}]`, context),
    ),
  };
  return { ...strategy, operations };
}

function parseOperation(
  value: unknown,
  where: string,
  context: ParseContext,
): readonly OperationStrategy[] {
  const rule = objectOf(value, where);
  const operation = stringOf(rule['operation'], `${where}.operation`);
  const { samplingRate } = parseStrategy(rule, where, context);
  if (samplingRate !== undefined) return [{ operation, samplingRate }];
  context.warnings.push(`${where}: only probabilistic is possible for an operation; left out`);
  return [];
}

function parseStrategy(entry: JsonObject, where: string, context: ParseContext): SamplingStrategy {
  const type = entry['type'] ?? '';
  const param = entry['param'] ?? 0;
  if (typeof param !== 'number') {
    throw new StrategiesFileError(`${where}.param must be a number`);
  }
  if (type === 'probabilistic') return probabilistic(param);
  if (type === 'ratelimiting') {
    return { type: 'RATE_LIMITING', maxTracesPerSecond: Math.trunc(param) };
  }
  context.warnings.push(
    `${where}: type ${JSON.stringify(type)} is not one of probabilistic, ratelimiting; the default probability is used`,
  );
  return probabilistic(context.defaultProbability);
}

function probabilistic(samplingRate: number): SamplingStrategy {
  return { type: 'PROBABILISTIC', samplingRate };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StrategiesFileError('not JSON', { cause: error });
  }
}

function objectOf(value: unknown, where: string): JsonObject {
  if (!isJsonObject(value)) throw new StrategiesFileError(`${where} must be an object`);
  return value;
}

function arrayOf(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new StrategiesFileError(`${where} must be a list`);
  return value;
}

function stringOf(value: unknown, where: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new StrategiesFileError(`${where} must be text`);
  return value;
}
