import { Client, Metadata, credentials } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

/** Jaeger's query services by their published field numbers, independent of what is tested. */
const MODEL = `
syntax = "proto3";
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message KeyValue { string key = 1; int32 v_type = 2; string v_str = 3; bool v_bool = 4;
  int64 v_int64 = 5; double v_float64 = 6; bytes v_binary = 7; }
message Log { Timestamp timestamp = 1; repeated KeyValue fields = 2; }
message SpanRef { bytes trace_id = 1; bytes span_id = 2; int32 ref_type = 3; }
message Process { string service_name = 1; repeated KeyValue tags = 2; }
message JaegerSpan { bytes trace_id = 1; bytes span_id = 2; string operation_name = 3;
  repeated SpanRef references = 4; uint32 flags = 5; Timestamp start_time = 6; Duration duration = 7;
  repeated KeyValue tags = 8; repeated Log logs = 9; Process process = 10; repeated string warnings = 12; }
message GetTraceV2 { bytes trace_id = 1; Timestamp start_time = 2; Timestamp end_time = 3; bool raw_traces = 4; }
message GetTraceV3 { string trace_id = 1; Timestamp start_time = 2; Timestamp end_time = 3; bool raw_traces = 4; }
message TraceQuery { string service_name = 1; string operation_name = 2; map<string, string> tags = 3;
  Timestamp start_time_min = 4; Timestamp start_time_max = 5; Duration duration_min = 6;
  Duration duration_max = 7; int32 search_depth = 8; bool raw_traces = 9; Call filter = 10; }
message AttributeReference { string key = 1; string level = 2; }
message Scalar { string value = 1; string type = 2; }
message Expression { AttributeReference attr = 1; Scalar scalar = 4; Call call = 6; }
message Call { string op = 1; repeated Expression args = 2; }
message Find { TraceQuery query = 1; }
message Chunk { repeated JaegerSpan spans = 1; }
message Services { repeated string services = 1; }
message GetOperations { string service = 1; string span_kind = 2; }
message Operation { string name = 1; string span_kind = 2; }
message OperationsV2 { repeated string operation_names = 1; repeated Operation operations = 2; }
message OperationsV3 { repeated Operation operations = 1; }
message GetDependencies { Timestamp start_time = 1; Timestamp end_time = 2; }
message Link { string parent = 1; string child = 2; uint64 call_count = 3; string source = 4; }
message Dependencies { repeated Link dependencies = 1; }
message ServiceSummary { string name = 1; int32 span_count = 2; int32 error_span_count = 3; }
message Summary { string trace_id = 1; string root_service_name = 2; string root_operation_name = 3;
  fixed64 min_start_time_unix_nano = 4; fixed64 max_end_time_unix_nano = 5; int32 span_count = 6;
  int32 error_span_count = 7; int32 orphan_span_count = 8; repeated ServiceSummary services = 9; }
message Summaries { repeated Summary summaries = 1; }
message Filter { repeated string levels = 1; repeated string operators = 2; }
message Search { bool without_service_name = 1; bool same_span_conjunction = 2; Filter filter = 3; bool paginated = 4; }
message Capabilities { Search search = 1; }
message Nothing { }
`;

const root = protobuf.parse(MODEL, { keepCase: true }).root;

interface Types {
  readonly path: string;
  readonly question: string;
  readonly answer: string;
}

const V2 = '/jaeger.api_v2.QueryService/';
const V3 = '/jaeger.api_v3.QueryService/';

function types(path: string, question: string, answer: string): Types {
  return { path, question, answer };
}

export const METHODS = {
  getTraceV2: types(`${V2}GetTrace`, 'GetTraceV2', 'Chunk'),
  archiveTraceV2: types(`${V2}ArchiveTrace`, 'GetTraceV2', 'Nothing'),
  findTracesV2: types(`${V2}FindTraces`, 'Find', 'Chunk'),
  getServicesV2: types(`${V2}GetServices`, 'Nothing', 'Services'),
  getOperationsV2: types(`${V2}GetOperations`, 'GetOperations', 'OperationsV2'),
  getDependenciesV2: types(`${V2}GetDependencies`, 'GetDependencies', 'Dependencies'),
  getServicesV3: types(`${V3}GetServices`, 'Nothing', 'Services'),
  getOperationsV3: types(`${V3}GetOperations`, 'GetOperations', 'OperationsV3'),
  getDependenciesV3: types(`${V3}GetDependencies`, 'GetDependencies', 'Dependencies'),
  findSummariesV3: types(`${V3}FindTraceSummaries`, 'Find', 'Summaries'),
  getCapabilities: types('/jaeger.api_v3.Capabilities/GetCapabilities', 'Nothing', 'Capabilities'),
} as const;

export interface QueryClient extends Disposable {
  unary(method: Types, question: object): Promise<unknown>;
  /** All answers of a stream. */
  stream(method: Types, question: object): Promise<readonly unknown[]>;
  /** The bytes of the answers of a stream. */
  bytes(path: string, question: string, value: object): Promise<readonly Buffer[]>;
}

/** A client of @grpc/grpc-js, with messages of `protobufjs`. */
export function connectQuery(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): QueryClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  const read = (type: string, bytes: Uint8Array): unknown => {
    const known = root.lookupType(type);
    return known.toObject(known.decode(bytes), { longs: String, bytes: String });
  };
  const bytes = (path: string, question: string, fields: object): Promise<readonly Buffer[]> =>
    new Promise((resolve, reject) => {
      const type = root.lookupType(question);
      const message = Buffer.from(type.encode(type.fromObject(fields)).finish());
      const answers: Buffer[] = [];
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      const call = client.makeServerStreamRequest(path, asIs, asIs, message, metadata);
      call.on('data', (answer: Buffer) => answers.push(answer));
      call.on('error', (error: ServiceError) => {
        reject(error);
      });
      call.on('end', () => {
        resolve(answers);
      });
    });
  const stream = async (
    { answer, path, question }: Types,
    value: object,
  ): Promise<readonly unknown[]> =>
    (await bytes(path, question, value)).map((found) => read(answer, found));
  return {
    // On the wire a unary call is a stream of one answer.
    unary: async (method, value) => (await stream(method, value))[0],
    stream,
    bytes,
    [Symbol.dispose]: () => {
      client.close();
    },
  };
}
