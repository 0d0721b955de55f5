import type { OperationSampling, SamplingStrategy } from '../model/sampling-strategy.ts';
import { jsonFields, jsonObjects, jsonText } from '../runtime/json-object.ts';
import { WireError } from '../wire/wire-error.ts';

/**
 * The strategy in the JSON of `/api/sampling`, in which fields that are zero may be left out.
 * @throws WireError
 */
export function parseSamplingAnswer(text: string): SamplingStrategy {
  const answer = jsonFields(parseJson(text));
  const { strategyType = 'PROBABILISTIC' } = answer;
  const type = STRATEGY_TYPES.get(strategyType);
  if (type === undefined) {
    throw new WireError(`sampling: strategyType ${JSON.stringify(strategyType)} is not known`);
  }
  const { probabilisticSampling, rateLimitingSampling, operationSampling } = answer;
  return {
    type,
    samplingRate:
      probabilisticSampling == null ? undefined : numberIn(probabilisticSampling, 'samplingRate'),
    maxTracesPerSecond:
      rateLimitingSampling == null
        ? undefined
        : numberIn(rateLimitingSampling, 'maxTracesPerSecond'),
    operations: operationSampling == null ? undefined : operationsIn(operationSampling),
  };
}

const STRATEGY_TYPES = new Map<unknown, SamplingStrategy['type']>([
  ['PROBABILISTIC', 'PROBABILISTIC'],
  ['RATE_LIMITING', 'RATE_LIMITING'],
  [0, 'PROBABILISTIC'],
  [1, 'RATE_LIMITING'],
]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WireError('sampling: the answer is no JSON', { cause: error });
  }
}

function numberIn(value: unknown, name: string): number {
  const number = jsonFields(value)[name] ?? 0;
  if (typeof number !== 'number') throw new WireError(`sampling: ${name} is no number`);
  return number;
}

function operationsIn(value: unknown): OperationSampling {
  return {
    defaultSamplingProbability: numberIn(value, 'defaultSamplingProbability'),
    defaultLowerBoundTracesPerSecond: numberIn(value, 'defaultLowerBoundTracesPerSecond'),
    perOperation: jsonObjects(jsonFields(value)['perOperationStrategies']).map((strategy) => ({
      operation: jsonText(strategy['operation']) ?? '',
      samplingRate: numberIn(strategy['probabilisticSampling'], 'samplingRate'),
    })),
  };
}
