import protobuf from 'protobufjs';

/** The part of Jaeger's api_v2 that carries spans, for the reference codec that ours is compared with. */
const PROTO = `
syntax = "proto3";
enum ValueType { STRING = 0; BOOL = 1; INT64 = 2; FLOAT64 = 3; BINARY = 4; }
enum SpanRefType { CHILD_OF = 0; FOLLOWS_FROM = 1; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message KeyValue { string key = 1; ValueType v_type = 2; string v_str = 3; bool v_bool = 4;
  int64 v_int64 = 5; double v_float64 = 6; bytes v_binary = 7; }
message Log { Timestamp timestamp = 1; repeated KeyValue fields = 2; }
message SpanRef { bytes trace_id = 1; bytes span_id = 2; SpanRefType ref_type = 3; }
message Process { string service_name = 1; repeated KeyValue tags = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; string operation_name = 3;
  repeated SpanRef references = 4; uint32 flags = 5; Timestamp start_time = 6; Duration duration = 7;
  repeated KeyValue tags = 8; repeated Log logs = 9; Process process = 10; string process_id = 11;
  repeated string warnings = 12; }
message Batch { repeated Span spans = 1; Process process = 2; }
message PostSpansRequest { Batch batch = 1; }
message SamplingStrategyParameters { string service_name = 1; }
message ProbabilisticSamplingStrategy { double sampling_rate = 1; }
message RateLimitingSamplingStrategy { int32 max_traces_per_second = 1; }
message OperationSamplingStrategy { string operation = 1; ProbabilisticSamplingStrategy probabilistic_sampling = 2; }
message PerOperationSamplingStrategies { double default_sampling_probability = 1;
  double default_lower_bound_traces_per_second = 2;
  repeated OperationSamplingStrategy per_operation_strategies = 3;
  double default_upper_bound_traces_per_second = 4; }
enum SamplingStrategyType { PROBABILISTIC = 0; RATE_LIMITING = 1; }
message SamplingStrategyResponse { SamplingStrategyType strategy_type = 1;
  ProbabilisticSamplingStrategy probabilistic_sampling = 2;
  RateLimitingSamplingStrategy rate_limiting_sampling = 3;
  PerOperationSamplingStrategies operation_sampling = 4; }
`;

const root = protobuf.parse(PROTO).root;

export type JaegerMessage =
  'PostSpansRequest' | 'Span' | 'SamplingStrategyParameters' | 'SamplingStrategyResponse';

export function encodeJaegerProto(message: JaegerMessage, value: object): Uint8Array {
  const type = root.lookupType(message);
  return type.encode(type.fromObject(value)).finish();
}

/** 64-bit integers as decimal strings, enums by name. */
export function decodeJaegerProto(message: JaegerMessage, bytes: Uint8Array): unknown {
  const type = root.lookupType(message);
  return type.toObject(type.decode(bytes), { longs: String, enums: String, defaults: false });
}

/** Decodes to the library's own objects and no further. */
export function jaegerProtoDecoder(message: JaegerMessage): (bytes: Uint8Array) => unknown {
  const type = root.lookupType(message);
  return (bytes) => type.decode(bytes);
}
