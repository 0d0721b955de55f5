import type { OtlpTracesJson } from './otlp-json-types.ts';

/** JSON of `/api/v3/*` without OTLP. Types only: the browser imports them too. */
export interface ServicesJson {
  readonly services: readonly string[];
}

export interface OperationsJson {
  readonly operations: readonly OperationJson[];
}

export interface OperationJson {
  readonly name: string;
  readonly spanKind: string;
}

/** `summaries` is absent when nothing was found. */
export interface TraceSummariesJson {
  readonly summaries?: readonly TraceSummaryJson[];
  /** When pages were asked for and this one is full: the parameter `query.cursor` of the next one. */
  readonly nextCursor?: string;
}

/** As in protobuf's JSON: a field with its zero value is absent, 64-bit integers are text. */
export interface TraceSummaryJson {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly rootServiceName?: string;
  readonly rootOperationName?: string;
  readonly minStartTimeUnixNano?: string;
  readonly maxEndTimeUnixNano?: string;
  readonly spanCount?: number;
  readonly errorSpanCount?: number;
  readonly orphanSpanCount?: number;
  readonly services?: readonly ServiceSummaryJson[];
}

export interface ServiceSummaryJson {
  readonly name?: string;
  readonly spanCount?: number;
  readonly errorSpanCount?: number;
}

/** `dependencies` is absent when there are none. */
export interface DependenciesJson {
  readonly dependencies?: readonly DependencyJson[];
}

export interface DependencyJson {
  readonly parent: string;
  readonly child: string;
  /** A 64-bit integer, as text. */
  readonly callCount: string;
}

/** `filter` is absent where searches have no operators. */
export interface CapabilitiesJson {
  readonly search: {
    readonly withoutServiceName?: boolean;
    readonly sameSpanConjunction: boolean;
    readonly filter?: {
      readonly levels: readonly string[];
      readonly operators: readonly string[];
    };
  };
}

/** An answer of traces; `error` tells what is missing of one that is under way. */
export interface V3TracesJson {
  readonly result: OtlpTracesJson;
  /** When pages were asked for and this one is full: the parameter `query.cursor` of the next one. */
  readonly nextCursor?: string;
  readonly error?: V3ErrorJson['error'];
}

export interface V3ErrorJson {
  readonly error: { readonly httpCode: number; readonly message: string };
}
