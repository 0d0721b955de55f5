import type {
  TempoBuildJson,
  TempoScopedTagsJson,
  TempoSearchJson,
  TempoTagsJson,
  TempoTagValuesJson,
  TempoTraceJson,
  TempoTraceV2Json,
  TempoTypedTagValuesJson,
} from '../tempo/tempo-json.ts';
import type {
  DeepDependenciesJson,
  JaegerDependency,
  JaegerEnvelope,
  JaegerOperation,
  JaegerTrace,
  MetricFamilyJson,
  QualityJson,
} from './jaeger-json.ts';
import type { OtlpTracesJson } from './otlp-json-types.ts';
import type {
  CapabilitiesJson,
  DependenciesJson,
  OperationsJson,
  ServicesJson,
  TraceSummariesJson,
  V3ErrorJson,
  V3TracesJson,
} from './v3-json.ts';

/**
 * What is answered, by the name that an endpoint's description has for it. The schemas of the OpenAPI
 * document are made of these types by `npm run gen`.
 */
export interface AnswerTypes {
  readonly attributes: JaegerEnvelope<readonly string[]>;
  readonly archived: JaegerEnvelope<readonly never[]>;
  readonly deepDependencies: DeepDependenciesJson;
  readonly dependencies: JaegerEnvelope<readonly JaegerDependency[]>;
  readonly jaegerError: JaegerEnvelope<null>;
  readonly metrics: MetricFamilyJson | JaegerEnvelope<number>;
  readonly operationNames: JaegerEnvelope<readonly string[]>;
  readonly operations: JaegerEnvelope<readonly JaegerOperation[]>;
  readonly otlp: OtlpTracesJson;
  readonly quality: QualityJson;
  readonly services: JaegerEnvelope<readonly string[] | null>;
  readonly tempoBuild: TempoBuildJson;
  readonly tempoScopedTags: TempoScopedTagsJson;
  readonly tempoSearch: TempoSearchJson;
  readonly tempoTags: TempoTagsJson;
  readonly tempoTagValues: TempoTagValuesJson;
  readonly tempoTrace: TempoTraceJson;
  readonly tempoTraceV2: TempoTraceV2Json;
  readonly tempoTypedTagValues: TempoTypedTagValuesJson;
  readonly traces: JaegerEnvelope<readonly JaegerTrace[]>;
  readonly v3Capabilities: CapabilitiesJson;
  readonly v3Dependencies: DependenciesJson;
  readonly v3Error: V3ErrorJson;
  readonly v3Operations: OperationsJson;
  readonly v3Services: ServicesJson;
  readonly v3Summaries: TraceSummariesJson;
  readonly v3Traces: V3TracesJson;
}
