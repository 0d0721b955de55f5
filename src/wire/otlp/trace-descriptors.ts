import { describeProtoFile } from '../protobuf/describe-proto-file.ts';
import type { DescribedProtoFile, ProtoTable } from '../protobuf/describe-proto-file.ts';

/** https://github.com/open-telemetry/opentelemetry-proto */
const COMMON: ProtoTable = {
  name: 'opentelemetry/proto/common/v1/common.proto',
  package: 'opentelemetry.proto.common.v1',
  messages: {
    AnyValue: [
      'string string_value = 1 in value',
      'bool bool_value = 2 in value',
      'int64 int_value = 3 in value',
      'double double_value = 4 in value',
      'ArrayValue array_value = 5 in value',
      'KeyValueList kvlist_value = 6 in value',
      'bytes bytes_value = 7 in value',
    ],
    ArrayValue: ['repeated AnyValue values = 1'],
    KeyValueList: ['repeated KeyValue values = 1'],
    KeyValue: ['string key = 1', 'AnyValue value = 2'],
    InstrumentationScope: [
      'string name = 1',
      'string version = 2',
      'repeated KeyValue attributes = 3',
      'uint32 dropped_attributes_count = 4',
    ],
  },
};

const KEY_VALUE = '.opentelemetry.proto.common.v1.KeyValue';

const RESOURCE: ProtoTable = {
  name: 'opentelemetry/proto/resource/v1/resource.proto',
  package: 'opentelemetry.proto.resource.v1',
  imports: [COMMON.name],
  messages: {
    Resource: [`repeated ${KEY_VALUE} attributes = 1`, 'uint32 dropped_attributes_count = 2'],
  },
};

const TRACE: ProtoTable = {
  name: 'opentelemetry/proto/trace/v1/trace.proto',
  package: 'opentelemetry.proto.trace.v1',
  imports: [COMMON.name, RESOURCE.name],
  messages: {
    TracesData: ['repeated ResourceSpans resource_spans = 1'],
    ResourceSpans: [
      '.opentelemetry.proto.resource.v1.Resource resource = 1',
      'repeated ScopeSpans scope_spans = 2',
      'string schema_url = 3',
    ],
    ScopeSpans: [
      '.opentelemetry.proto.common.v1.InstrumentationScope scope = 1',
      'repeated Span spans = 2',
      'string schema_url = 3',
    ],
    Span: [
      'bytes trace_id = 1',
      'bytes span_id = 2',
      'string trace_state = 3',
      'bytes parent_span_id = 4',
      'string name = 5',
      'enum Span.SpanKind kind = 6',
      'fixed64 start_time_unix_nano = 7',
      'fixed64 end_time_unix_nano = 8',
      `repeated ${KEY_VALUE} attributes = 9`,
      'uint32 dropped_attributes_count = 10',
      'repeated Span.Event events = 11',
      'uint32 dropped_events_count = 12',
      'repeated Span.Link links = 13',
      'uint32 dropped_links_count = 14',
      'Status status = 15',
      'fixed32 flags = 16',
    ],
    'Span.Event': [
      'fixed64 time_unix_nano = 1',
      'string name = 2',
      `repeated ${KEY_VALUE} attributes = 3`,
      'uint32 dropped_attributes_count = 4',
    ],
    'Span.Link': [
      'bytes trace_id = 1',
      'bytes span_id = 2',
      'string trace_state = 3',
      `repeated ${KEY_VALUE} attributes = 4`,
      'uint32 dropped_attributes_count = 5',
      'fixed32 flags = 6',
    ],
    Status: ['string message = 2', 'enum Status.StatusCode code = 3'],
  },
  enums: {
    'Span.SpanKind': [
      'SPAN_KIND_UNSPECIFIED',
      'SPAN_KIND_INTERNAL',
      'SPAN_KIND_SERVER',
      'SPAN_KIND_CLIENT',
      'SPAN_KIND_PRODUCER',
      'SPAN_KIND_CONSUMER',
    ],
    'Status.StatusCode': ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'],
  },
};

const TRACE_SERVICE: ProtoTable = {
  name: 'opentelemetry/proto/collector/trace/v1/trace_service.proto',
  package: 'opentelemetry.proto.collector.trace.v1',
  imports: [TRACE.name],
  messages: {
    ExportTraceServiceRequest: [
      'repeated .opentelemetry.proto.trace.v1.ResourceSpans resource_spans = 1',
    ],
    ExportTraceServiceResponse: ['ExportTracePartialSuccess partial_success = 1'],
    ExportTracePartialSuccess: ['int64 rejected_spans = 1', 'string error_message = 2'],
  },
  services: {
    TraceService: ['Export(ExportTraceServiceRequest) ExportTraceServiceResponse'],
  },
};

/** opentelemetry.proto.collector.trace.v1.TraceService and everything it is made of. */
export function otlpTraceDescriptors(): readonly DescribedProtoFile[] {
  return [COMMON, RESOURCE, TRACE, TRACE_SERVICE].map(describeProtoFile);
}
