import type { ErrorFamily } from './api-error.ts';
import type { Storage } from '../../storage/storage.ts';
import type { MetricsReader } from '../metrics/metrics-reader.ts';
import type { EndpointDoc } from './endpoint-doc.ts';
import type { QueryConfig } from '../config.ts';
import type { StoredSpanFields } from './stored-span-fields.ts';

export type QueryLimits = Pick<
  QueryConfig,
  | 'analysisMaxPaths'
  | 'analysisMaxSpans'
  | 'analysisMaxTraces'
  | 'maxClockSkewMs'
  | 'maxResponseSize'
  | 'maxSpans'
  | 'maxTraceSize'
  | 'maxTraces'
>;

export interface ApiRequest {
  readonly tenant: string;
  /** The client's own, when it is to be passed on; '' otherwise. */
  readonly token: string;
  readonly parameters: URLSearchParams;
  /** The variable part of the path, percent-decoded; '' when it has none. */
  readonly name: string;
  /** Media types the client asks for, as it wrote them; '' when it did not say. */
  readonly accept: string;
  readonly nowMs: number;
  /** Aborts when the client has left or the deadline has passed. */
  readonly signal: AbortSignal;
  /** Whether a part of the answer is sent: what goes wrong then can have no status of its own. */
  readonly isUnderWay: () => boolean;
  /** Sends what there is of the answer: for one that is long, and hardly fails any more. */
  readonly begin: () => void;
  /** The whole body as text. @throws ApiError for one above query.max-request-size */
  readonly body: () => Promise<string>;
}

export interface ApiDeps {
  readonly storage: Pick<Storage, 'reader' | 'dependencies' | 'archive'>;
  /** undefined in a deployment without one. */
  readonly metricsStore: MetricsReader | undefined;
  readonly limits: QueryLimits;
  /** See `createSharedSpanFields`. */
  readonly spanFields: () => StoredSpanFields;
}

/**
 * The text of an answer, or its bytes in UTF-8, piece by piece as it is made. What it throws before the first piece decides
 * the status; an ApiError later is for the end of the answer to tell, anything else cuts it off.
 */
export type AnswerText = AsyncIterable<string | Uint8Array>;

/** One thing that can be asked. */
export interface Endpoint {
  /** The `operation` label of the metrics. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /**
   * Matches the path below the base path as it was sent, so that an escaped slash stays part of a
   * name; its first group, decoded, becomes `ApiRequest.name`.
   */
  readonly path: RegExp;
  /** Absent for those that are described elsewhere. */
  readonly doc?: EndpointDoc;
  readonly family: ErrorFamily;
  /** The content type of the answer; JSON where this is absent. */
  readonly type?: (request: ApiRequest) => string;
  /** Name of the file that the answer becomes when `download` asks for one. */
  readonly fileName?: string;
  /** The body, whole or in pieces. @throws ApiError, also as a rejection */
  answer(request: ApiRequest, deps: ApiDeps): Promise<string> | AnswerText;
}
