import { jaegerModelDescriptors } from '../jaeger/api-descriptors.ts';
import { otlpTraceDescriptors } from '../otlp/trace-descriptors.ts';
import { describeProtoFile } from '../protobuf/describe-proto-file.ts';
import type { DescribedProtoFile, ProtoTable } from '../protobuf/describe-proto-file.ts';

const TIME = '.google.protobuf.Timestamp';
const DURATION = '.google.protobuf.Duration';
const TRACES = '.opentelemetry.proto.trace.v1.TracesData';
const TIMES = ['google/protobuf/timestamp.proto', 'google/protobuf/duration.proto'];

/** https://github.com/jaegertracing/jaeger-idl, proto/api_v2/query.proto */
const API_V2: ProtoTable = {
  name: 'query.proto',
  package: 'jaeger.api_v2',
  imports: ['model.proto', ...TIMES],
  messages: {
    GetTraceRequest: [
      'bytes trace_id = 1',
      `${TIME} start_time = 2`,
      `${TIME} end_time = 3`,
      'bool raw_traces = 4',
    ],
    SpansResponseChunk: ['repeated Span spans = 1'],
    ArchiveTraceRequest: ['bytes trace_id = 1', `${TIME} start_time = 2`, `${TIME} end_time = 3`],
    ArchiveTraceResponse: [],
    TraceQueryParameters: queryFields('tags'),
    FindTracesRequest: ['TraceQueryParameters query = 1'],
    GetServicesRequest: [],
    GetServicesResponse: ['repeated string services = 1'],
    GetOperationsRequest: ['string service = 1', 'string span_kind = 2'],
    Operation: ['string name = 1', 'string span_kind = 2'],
    GetOperationsResponse: [
      'repeated string operationNames = 1',
      'repeated Operation operations = 2',
    ],
    GetDependenciesRequest: [`${TIME} start_time = 1`, `${TIME} end_time = 2`],
    GetDependenciesResponse: ['repeated DependencyLink dependencies = 1'],
  },
  services: {
    QueryService: [
      'GetTrace(GetTraceRequest) stream SpansResponseChunk',
      'ArchiveTrace(ArchiveTraceRequest) ArchiveTraceResponse',
      'FindTraces(FindTracesRequest) stream SpansResponseChunk',
      'GetServices(GetServicesRequest) GetServicesResponse',
      'GetOperations(GetOperationsRequest) GetOperationsResponse',
      'GetDependencies(GetDependenciesRequest) GetDependenciesResponse',
    ],
  },
};

/** proto/expression/v1/expression.proto */
const EXPRESSION: ProtoTable = {
  name: 'expression/v1/expression.proto',
  package: 'jaeger.expression.v1',
  messages: {
    Expression: [
      'AttributeReference attr = 1 in term',
      'FieldReference field = 2 in term',
      'NestedReference nested = 3 in term',
      'Scalar scalar = 4 in term',
      'List list = 5 in term',
      'Call call = 6 in term',
    ],
    AttributeReference: ['string key = 1', 'string level = 2'],
    FieldReference: ['string name = 1', 'string level = 2'],
    NestedReference: ['string level = 1'],
    Scalar: ['string value = 1', 'string type = 2'],
    List: ['repeated string values = 1', 'string type = 2'],
    Call: ['string op = 1', 'repeated Expression args = 2'],
  },
};

/** proto/api_v3/query_service.proto */
const API_V3: ProtoTable = {
  name: 'query_service.proto',
  package: 'jaeger.api_v3',
  imports: [...TIMES, 'opentelemetry/proto/trace/v1/trace.proto', EXPRESSION.name],
  messages: {
    GetTraceRequest: [
      'string trace_id = 1',
      `${TIME} start_time = 2`,
      `${TIME} end_time = 3`,
      'bool raw_traces = 4',
    ],
    TraceQueryParameters: [...queryFields('attributes'), '.jaeger.expression.v1.Call filter = 10'],
    FindTracesRequest: ['TraceQueryParameters query = 1'],
    GetServicesRequest: [],
    GetServicesResponse: ['repeated string services = 1'],
    GetOperationsRequest: ['string service = 1', 'string span_kind = 2'],
    Operation: ['string name = 1', 'string span_kind = 2'],
    GetOperationsResponse: ['repeated Operation operations = 1'],
    GetDependenciesRequest: [`${TIME} start_time = 1`, `${TIME} end_time = 2`],
    DependenciesResponse: ['repeated Dependency dependencies = 1'],
    Dependency: ['string parent = 1', 'string child = 2', 'uint64 call_count = 3'],
    ServiceSummary: ['string name = 1', 'int32 span_count = 2', 'int32 error_span_count = 3'],
    TraceSummary: [
      'string trace_id = 1',
      'string root_service_name = 2',
      'string root_operation_name = 3',
      'fixed64 min_start_time_unix_nano = 4',
      'fixed64 max_end_time_unix_nano = 5',
      'int32 span_count = 6',
      'int32 error_span_count = 7',
      'int32 orphan_span_count = 8',
      'repeated ServiceSummary services = 9',
    ],
    FindTraceSummariesRequest: ['TraceQueryParameters query = 1'],
    FindTraceSummariesResponse: ['repeated TraceSummary summaries = 1'],
  },
  services: {
    QueryService: [
      `GetTrace(GetTraceRequest) stream ${TRACES}`,
      `FindTraces(FindTracesRequest) stream ${TRACES}`,
      'GetServices(GetServicesRequest) GetServicesResponse',
      'GetOperations(GetOperationsRequest) GetOperationsResponse',
      'GetDependencies(GetDependenciesRequest) DependenciesResponse',
      'FindTraceSummaries(FindTraceSummariesRequest) stream FindTraceSummariesResponse',
    ],
  },
};

/** proto/api_v3/capabilities.proto */
const CAPABILITIES: ProtoTable = {
  name: 'capabilities.proto',
  package: 'jaeger.api_v3',
  messages: {
    FilterCapabilities: ['repeated string levels = 1', 'repeated string operators = 2'],
    SearchCapabilities: [
      'bool without_service_name = 1',
      'bool same_span_conjunction = 2',
      'FilterCapabilities filter = 3',
      'bool paginated = 4',
      'bool span_search = 5',
      'bool span_sorting = 6',
    ],
    GetCapabilitiesRequest: [],
    GetCapabilitiesResponse: ['SearchCapabilities search = 1'],
  },
  services: { Capabilities: ['GetCapabilities(GetCapabilitiesRequest) GetCapabilitiesResponse'] },
};

function queryFields(tags: string): readonly string[] {
  return [
    'string service_name = 1',
    'string operation_name = 2',
    `map<string, string> ${tags} = 3`,
    `${TIME} start_time_min = 4`,
    `${TIME} start_time_max = 5`,
    `${DURATION} duration_min = 6`,
    `${DURATION} duration_max = 7`,
    'int32 search_depth = 8',
    'bool raw_traces = 9',
  ];
}

/** The query services of jaeger.api_v2 and jaeger.api_v3, and everything they are made of. */
export function jaegerQueryDescriptors(): readonly DescribedProtoFile[] {
  const traces = otlpTraceDescriptors().filter(({ services }) => services.length === 0);
  const query = [API_V2, EXPRESSION, API_V3, CAPABILITIES].map(describeProtoFile);
  return [...jaegerModelDescriptors(), ...traces, ...query];
}
