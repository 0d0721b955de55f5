import type {
  OperationSampling,
  OperationStrategy,
  SamplingStrategy,
} from '../sampling/sampling-strategy.ts';
import { jsonFields, jsonObjects, jsonText } from '../runtime/json-object.ts';
import { ProtobufReader, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import { WireError } from '../wire/wire-error.ts';

/** jaeger.api_v2.SamplingStrategyParameters { 1 service_name }. */
export function encodeSamplingQuestion(service: string): Uint8Array {
  const writer = new ProtobufWriter(service.length + 16);
  writer.string(1, service);
  return writer.finish();
}

const TEXT_1 = (1 << 3) | WIRE_LENGTH;
const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;
const MESSAGE_3 = (3 << 3) | WIRE_LENGTH;
const MESSAGE_4 = (4 << 3) | WIRE_LENGTH;
const NUMBER_1 = (1 << 3) | WIRE_VARINT;
const DOUBLE_1 = (1 << 3) | WIRE_FIXED64;
const DOUBLE_2 = (2 << 3) | WIRE_FIXED64;
const RATE_LIMITING = 1;

/**
 * jaeger.api_v2.SamplingStrategyResponse { 1 strategyType, 2 probabilisticSampling { 1 rate },
 * 3 rateLimitingSampling { 1 maxTracesPerSecond }, 4 operationSampling }.
 * @throws WireError
 */
export function decodeSamplingAnswer(bytes: Uint8Array): SamplingStrategy {
  const reader = new ProtobufReader(bytes);
  let type: SamplingStrategy['type'] = 'PROBABILISTIC';
  let samplingRate: number | undefined;
  let maxTracesPerSecond: number | undefined;
  let operations: OperationSampling | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === NUMBER_1) type = reader.varint32() === RATE_LIMITING ? 'RATE_LIMITING' : type;
    else if (tag === MESSAGE_2) samplingRate = readNumberMessage(reader, DOUBLE_1);
    else if (tag === MESSAGE_3) maxTracesPerSecond = readNumberMessage(reader, NUMBER_1);
    else if (tag === MESSAGE_4) operations = readOperations(reader);
    else reader.skip(tag);
  }
  return strategyOf(type, { samplingRate, maxTracesPerSecond, operations });
}

/** A message whose only field is a number; 0 when it is left out. */
function readNumberMessage(reader: ProtobufReader, field: number): number {
  let value = 0;
  inMessage(reader, (tag) => {
    if (tag !== field) return false;
    value = field === DOUBLE_1 ? reader.double() : reader.varint32();
    return true;
  });
  return value;
}

/** { 1 defaultSamplingProbability, 2 defaultLowerBoundTracesPerSecond, 3 perOperationStrategies }. */
function readOperations(reader: ProtobufReader): OperationSampling {
  let defaultSamplingProbability = 0;
  let defaultLowerBoundTracesPerSecond = 0;
  const perOperation: OperationStrategy[] = [];
  inMessage(reader, (tag) => {
    if (tag === DOUBLE_1) defaultSamplingProbability = reader.double();
    else if (tag === DOUBLE_2) defaultLowerBoundTracesPerSecond = reader.double();
    else if (tag === MESSAGE_3) perOperation.push(readOperation(reader));
    else return false;
    return true;
  });
  return { defaultSamplingProbability, defaultLowerBoundTracesPerSecond, perOperation };
}

/** { 1 operation, 2 probabilisticSampling }. */
function readOperation(reader: ProtobufReader): OperationStrategy {
  let operation = '';
  let samplingRate = 0;
  inMessage(reader, (tag) => {
    if (tag === TEXT_1) operation = reader.string();
    else if (tag === MESSAGE_2) samplingRate = readNumberMessage(reader, DOUBLE_1);
    else return false;
    return true;
  });
  return { operation, samplingRate };
}

/** Reads a sub-message field by field; `take` returns false for a field it does not read. */
function inMessage(reader: ProtobufReader, take: (tag: number) => boolean): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (!take(tag)) reader.skip(tag);
  }
  reader.leave(outer);
}

/**
 * The same from the JSON of `/api/sampling`, in which fields that are zero may be left out.
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
  return strategyOf(type, {
    samplingRate:
      probabilisticSampling == null ? undefined : numberIn(probabilisticSampling, 'samplingRate'),
    maxTracesPerSecond:
      rateLimitingSampling == null
        ? undefined
        : numberIn(rateLimitingSampling, 'maxTracesPerSecond'),
    operations: operationSampling == null ? undefined : operationsIn(operationSampling),
  });
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

function strategyOf(
  type: SamplingStrategy['type'],
  parts: {
    readonly [K in Exclude<keyof SamplingStrategy, 'type'>]: SamplingStrategy[K] | undefined;
  },
): SamplingStrategy {
  const { samplingRate, maxTracesPerSecond, operations } = parts;
  return {
    type,
    ...(samplingRate === undefined ? {} : { samplingRate }),
    ...(maxTracesPerSecond === undefined ? {} : { maxTracesPerSecond }),
    ...(operations === undefined ? {} : { operations }),
  };
}
