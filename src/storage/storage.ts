import type { PlannedSpans } from '../model/adjust-trace.ts';
import type { SpanKind } from '../model/span.ts';
import type {
  DependencyLink,
  Operation,
  TimeWindow,
  TraceQuery,
  TraceSummary,
} from '../model/trace-query.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import type { SpanScan } from '../wire/span-scan.ts';
import type { Leases } from './leases.ts';
import type { SamplingStore } from './sampling-store.ts';

/** A place that keeps traces and finds them again. Obtained from `openStorage`. */
export interface Storage {
  readonly writer: TraceWriter;
  readonly reader: TraceReader;
  readonly dependencies: DependencyReader;
  /** Absent when the backend keeps no archive, as far as is known now; the two below likewise. */
  readonly archive?: TraceArchive | undefined;
  readonly sampling?: SamplingStore;
  readonly leases?: Leases;
  /**
   * The same storage, asked with the token of whoever asks; absent where nobody looks at one. Costs
   * nothing to make and needs no closing.
   */
  withToken?(token: string): AskedStorage;
  /** Resolves to whether a span written now would be stored and found. Never rejects. */
  check(signal: AbortSignal): Promise<StorageHealth>;
  /** Finishes what was accepted, then releases everything. A second call does nothing. */
  close(): Promise<void>;
}

/** What answers questions about traces. */
export type AskedStorage = Pick<Storage, 'reader' | 'dependencies' | 'archive'>;

export type StorageHealth =
  | { readonly healthy: true; readonly message: string }
  | { readonly healthy: false; readonly message: string };

export interface TraceWriter {
  /**
   * Resolves when every accepted span is as durable as the backend is configured to be, and a read
   * that starts afterwards finds it. A span delivered twice (same trace, span id and content) is
   * kept or shown once. Rejects when nothing was kept.
   */
  write(batch: SpanBatch, signal: AbortSignal): Promise<Accepted>;
}

/**
 * Traces that somebody chose to keep: no limit of age deletes them. Apart from the others, so a trace
 * may be in both. What does not fit is refused.
 */
export interface TraceArchive {
  readonly writer: TraceWriter;
  readonly reader: Pick<TraceReader, 'getTraces'>;
}

/** Reads never change what is stored. The caller owns what it gets. A tenant sees only its own. */
export interface TraceReader {
  readonly capabilities: SearchCapabilities;
  /** Names of services with at least one span, sorted. */
  services(tenant: string): Promise<readonly string[]>;
  /** Operations of a service, sorted by name then kind; [] for an unknown service. */
  operations(tenant: string, service: string, kind?: SpanKind): Promise<readonly Operation[]>;
  /**
   * The traces among `ids` (32 hex digits) that exist, in the order asked. Chunks of one trace come
   * one after the other; an unknown id yields nothing.
   */
  getTraces(
    tenant: string,
    ids: readonly string[],
    window: TimeWindow,
    signal: AbortSignal,
  ): AsyncIterable<TraceChunk>;
  /** Whole traces that match, newest first; see `TraceQuery`. */
  findTraces(tenant: string, query: TraceQuery, signal: AbortSignal): AsyncIterable<TraceChunk>;
  /** The same traces in the same order, as summaries of the whole trace. */
  findSummaries(
    tenant: string,
    query: TraceQuery,
    signal: AbortSignal,
  ): AsyncIterable<FoundSummary>;
  /**
   * Keys that at least one attribute has, of a span, its events, links or resource, for completion;
   * sorted, and at most a few thousand. With a service: keys that spans of that service may have, never fewer.
   * Absent where a backend cannot tell.
   */
  readonly attributeKeys?:
    ((tenant: string, service?: string) => Promise<readonly string[]>) | undefined;
  /**
   * Some distinct values of an attribute that begin with `prefix`, as the texts that searches compare;
   * sorted, at most `limit` (at least 1). Every text is a value of a kept span, of one of its
   * events or links, or of its resource. A key with very many values may have more than are looked at. Absent with `attributeKeys`.
   */
  readonly attributeValues?:
    | ((tenant: string, key: string, prefix: string, limit: number) => Promise<readonly string[]>)
    | undefined;
}

/** Some or all spans of one trace, as an OTLP TracesData message. */
export interface TraceChunk {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly otlp: Uint8Array;
  /** What `scanSpans` finds in it, where the backend has looked already. */
  readonly scan?: SpanScan;
  /** Start of the newest span that matches a search; absent where the backend cannot tell. */
  readonly matchNano?: bigint;
  /** With the first chunk of a trace, where the backend can tell; good until the next one is asked for. */
  readonly outline?: TraceOutline;
}

/** What of the spans of a trace matters to others of it, known without reading the rest of them. */
export interface TraceOutline {
  /** At least those of its chunks: a backend may lack bytes of spans that it knows of. */
  readonly spanCount: number;
  /** In the order of its chunks, some thousand at a time. */
  spans(): Iterable<OutlinedSpans>;
}

export interface OutlinedSpans extends PlannedSpans {
  /** False when none of them has an attribute of `LIBRARY_KEYS`. */
  readonly mayDescribeSdk: boolean;
}

/** A summary in the answer of a search. */
export interface FoundSummary extends TraceSummary {
  /** As in `TraceChunk`. */
  readonly matchNano?: bigint;
}

/** What a backend's search cannot do is false here; the contract suite runs everything else. */
export interface SearchCapabilities {
  readonly withoutService: boolean;
  readonly durationWithTags: boolean;
  readonly spanKindOfOperations: boolean;
  /** `TraceQuery.filters` and `traceFilters`. */
  readonly filters: boolean;
  /** `TraceQuery.after`, and `matchNano` in answers. */
  readonly cursor: boolean;
}

export interface DependencyReader {
  /** Calls between services whose child span starts in [startMs, endMs], sorted by parent, child. */
  links(tenant: string, startMs: number, endMs: number): Promise<readonly DependencyLink[]>;
}
