import { describeProtoFile } from '../protobuf/describe-proto-file.ts';
import type { DescribedProtoFile, ProtoTable } from '../protobuf/describe-proto-file.ts';

/** https://github.com/protocolbuffers/protobuf */
const TIMESTAMP: ProtoTable = {
  name: 'google/protobuf/timestamp.proto',
  package: 'google.protobuf',
  messages: { Timestamp: ['int64 seconds = 1', 'int32 nanos = 2'] },
};

const DURATION: ProtoTable = {
  name: 'google/protobuf/duration.proto',
  package: 'google.protobuf',
  messages: { Duration: ['int64 seconds = 1', 'int32 nanos = 2'] },
};

const TIME = '.google.protobuf.Timestamp';

/** https://github.com/jaegertracing/jaeger-idl, folder proto/api_v2 */
const MODEL: ProtoTable = {
  name: 'model.proto',
  package: 'jaeger.api_v2',
  imports: [TIMESTAMP.name, DURATION.name],
  enums: {
    ValueType: ['STRING', 'BOOL', 'INT64', 'FLOAT64', 'BINARY'],
    SpanRefType: ['CHILD_OF', 'FOLLOWS_FROM'],
  },
  messages: {
    KeyValue: [
      'string key = 1',
      'enum ValueType v_type = 2',
      'string v_str = 3',
      'bool v_bool = 4',
      'int64 v_int64 = 5',
      'double v_float64 = 6',
      'bytes v_binary = 7',
    ],
    Log: [`${TIME} timestamp = 1`, 'repeated KeyValue fields = 2'],
    SpanRef: ['bytes trace_id = 1', 'bytes span_id = 2', 'enum SpanRefType ref_type = 3'],
    Process: ['string service_name = 1', 'repeated KeyValue tags = 2'],
    Span: [
      'bytes trace_id = 1',
      'bytes span_id = 2',
      'string operation_name = 3',
      'repeated SpanRef references = 4',
      'uint32 flags = 5',
      `${TIME} start_time = 6`,
      '.google.protobuf.Duration duration = 7',
      'repeated KeyValue tags = 8',
      'repeated Log logs = 9',
      'Process process = 10',
      'string process_id = 11',
      'repeated string warnings = 12',
    ],
    Trace: [
      'repeated Span spans = 1',
      'repeated Trace.ProcessMapping process_map = 2',
      'repeated string warnings = 3',
    ],
    'Trace.ProcessMapping': ['string process_id = 1', 'Process process = 2'],
    Batch: ['repeated Span spans = 1', 'Process process = 2'],
    DependencyLink: [
      'string parent = 1',
      'string child = 2',
      'uint64 call_count = 3',
      'string source = 4',
    ],
  },
};

const COLLECTOR: ProtoTable = {
  name: 'collector.proto',
  package: 'jaeger.api_v2',
  imports: [MODEL.name],
  messages: { PostSpansRequest: ['Batch batch = 1'], PostSpansResponse: [] },
  services: { CollectorService: ['PostSpans(PostSpansRequest) PostSpansResponse'] },
};

const SAMPLING: ProtoTable = {
  name: 'sampling.proto',
  package: 'jaeger.api_v2',
  enums: { SamplingStrategyType: ['PROBABILISTIC', 'RATE_LIMITING'] },
  messages: {
    ProbabilisticSamplingStrategy: ['double samplingRate = 1'],
    RateLimitingSamplingStrategy: ['int32 maxTracesPerSecond = 1'],
    OperationSamplingStrategy: [
      'string operation = 1',
      'ProbabilisticSamplingStrategy probabilisticSampling = 2',
    ],
    PerOperationSamplingStrategies: [
      'double defaultSamplingProbability = 1',
      'double defaultLowerBoundTracesPerSecond = 2',
      'repeated OperationSamplingStrategy perOperationStrategies = 3',
      'double defaultUpperBoundTracesPerSecond = 4',
    ],
    SamplingStrategyResponse: [
      'enum SamplingStrategyType strategyType = 1',
      'ProbabilisticSamplingStrategy probabilisticSampling = 2',
      'RateLimitingSamplingStrategy rateLimitingSampling = 3',
      'PerOperationSamplingStrategies operationSampling = 4',
    ],
    SamplingStrategyParameters: ['string serviceName = 1'],
  },
  services: {
    SamplingManager: ['GetSamplingStrategy(SamplingStrategyParameters) SamplingStrategyResponse'],
  },
};

/** The messages of jaeger.api_v2 that carry spans, and google.protobuf's times. */
export function jaegerModelDescriptors(): readonly DescribedProtoFile[] {
  return [TIMESTAMP, DURATION, MODEL].map(describeProtoFile);
}

/** jaeger.api_v2.CollectorService and everything it is made of. */
export function jaegerCollectorDescriptors(): readonly DescribedProtoFile[] {
  return [...jaegerModelDescriptors(), describeProtoFile(COLLECTOR)];
}

/** jaeger.api_v2.SamplingManager and everything it is made of. */
export function jaegerSamplingDescriptors(): readonly DescribedProtoFile[] {
  return [describeProtoFile(SAMPLING)];
}
