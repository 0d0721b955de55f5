import type {
  OperationSampling,
  OperationStrategy,
  SamplingStrategy,
} from '../../model/sampling-strategy.ts';
import { ProtobufReader, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import { readTextFields } from '../protobuf/text-fields.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/*
 * What jaeger.api_v2.SamplingManager is asked and answers:
 * SamplingStrategyParameters{1 serviceName}
 * SamplingStrategyResponse{1 strategyType, 2 probabilisticSampling, 3 rateLimitingSampling, 4 operationSampling}
 * ProbabilisticSamplingStrategy{1 samplingRate}, RateLimitingSamplingStrategy{1 maxTracesPerSecond}
 * PerOperationSamplingStrategies{1 defaultSamplingProbability, 2 defaultLowerBoundTracesPerSecond, 3 perOperationStrategies}
 * OperationSamplingStrategy{1 operation, 2 probabilisticSampling}
 */

const RATE_LIMITING = 1;
const TEXT_1 = (1 << 3) | WIRE_LENGTH;
const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;
const MESSAGE_3 = (3 << 3) | WIRE_LENGTH;
const MESSAGE_4 = (4 << 3) | WIRE_LENGTH;
const NUMBER_1 = (1 << 3) | WIRE_VARINT;
const DOUBLE_1 = (1 << 3) | WIRE_FIXED64;
const DOUBLE_2 = (2 << 3) | WIRE_FIXED64;

/** The SamplingStrategyParameters that ask for a service. */
export function encodeSamplingQuestion(service: string): Uint8Array {
  const writer = new ProtobufWriter(service.length + 16);
  writer.string(1, service);
  return writer.finish();
}

/** The service of SamplingStrategyParameters. @throws WireError */
export function decodeSamplingQuestion(bytes: Uint8Array): string {
  const [service = ''] = readTextFields(new ProtobufReader(bytes), 1);
  return service;
}

/** The SamplingStrategyResponse of a strategy. */
export function encodeSamplingAnswer(strategy: SamplingStrategy): Uint8Array {
  const { type, samplingRate, maxTracesPerSecond, operations } = strategy;
  const writer = new ProtobufWriter();
  if (type === 'RATE_LIMITING') writer.uint32(1, RATE_LIMITING);
  if (samplingRate !== undefined) writeProbabilistic(writer, 2, samplingRate);
  if (maxTracesPerSecond !== undefined) {
    const limit = writer.beginMessage(3);
    if (maxTracesPerSecond !== 0) writer.uint32(1, maxTracesPerSecond);
    writer.endMessage(limit);
  }
  if (operations !== undefined) writeOperations(writer, operations);
  return writer.finish();
}

function writeProbabilistic(writer: ProtobufWriter, field: number, rate: number): void {
  const message = writer.beginMessage(field);
  if (rate !== 0) writer.double(1, rate);
  writer.endMessage(message);
}

function writeOperations(writer: ProtobufWriter, operations: OperationSampling): void {
  const message = writer.beginMessage(4);
  const { defaultSamplingProbability, defaultLowerBoundTracesPerSecond } = operations;
  if (defaultSamplingProbability !== 0) writer.double(1, defaultSamplingProbability);
  if (defaultLowerBoundTracesPerSecond !== 0) writer.double(2, defaultLowerBoundTracesPerSecond);
  for (const { operation, samplingRate } of operations.perOperation) {
    const strategy = writer.beginMessage(3);
    writer.string(1, operation);
    writeProbabilistic(writer, 2, samplingRate);
    writer.endMessage(strategy);
  }
  writer.endMessage(message);
}

/** The strategy of a SamplingStrategyResponse. @throws WireError */
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
  return { type, samplingRate, maxTracesPerSecond, operations };
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
