import type { OperationSampling, SamplingStrategy } from '../sampling/sampling-strategy.ts';
import { ProtobufReader, WIRE_LENGTH } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';

/** The service of a jaeger.api_v2 SamplingStrategyParameters{1 service_name}. @throws WireError */
export function readSamplingParameters(bytes: Uint8Array): string {
  const reader = new ProtobufReader(bytes);
  let service = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      service = reader.string();
    } else reader.skip(tag);
  }
  return service;
}

/**
 * jaeger.api_v2 SamplingStrategyResponse{1 strategy_type, 2 probabilistic{1 rate}, 3 rate limiting
 * {1 max traces a second}, 4 operation sampling}.
 */
export function encodeSamplingStrategy(strategy: SamplingStrategy): Uint8Array {
  const { type, samplingRate, maxTracesPerSecond, operations } = strategy;
  const writer = new ProtobufWriter();
  if (type === 'RATE_LIMITING') writer.uint32(1, 1);
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

/** PerOperationSamplingStrategies{1 default probability, 2 default lower bound, 3 strategies}. */
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
