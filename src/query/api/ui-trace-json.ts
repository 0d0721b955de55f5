import type { JaegerError } from './jaeger-json.ts';

/*
 * The answer of `GET /api/ui/traces/{id}`, for our own UI: a trace by columns, one JSON object a
 * line: a head, any number of pieces, and an end, without which the answer was cut off. It says what
 * Jaeger's JSON of the same trace says. Types only: the browser imports them too. See ADR 0017.
 */

export interface UiTraceHead {
  /** As Jaeger shows it. */
  readonly traceID: string;
}

/** Some spans, and what they need of the dictionaries that no line before had. */
export interface UiTracePiece extends UiTraceTexts {
  /** 16 hex digits a span. */
  readonly spanIds: string;
  /** 16 hex digits a span; zeros for one without a parent in this trace. */
  readonly parentSpanIds: string;
  /** Microseconds since 1970, to be added to the times below. */
  readonly base: number;
  readonly starts: readonly number[];
  /** Microseconds. */
  readonly durations: readonly number[];
  /** Of `names`. */
  readonly operations: readonly number[];
  /** Of `processes`. */
  readonly processOf: readonly number[];
  readonly tagCounts: readonly number[];
  /** Numbers of pairs, span after span. */
  readonly tags: readonly number[];
  /** Span in this piece, time, number of fields, and a pair for each; and so on. */
  readonly events: readonly number[];
  /** But for the parent. */
  readonly references: readonly UiTraceReference[];
  readonly warnings: readonly UiTraceWarnings[];
}

/** Additions to the dictionaries; everything is known by its number, in the order of all lines. */
export interface UiTraceTexts {
  readonly keys: readonly string[];
  /** Pairs of a key and a value: the key, */
  readonly pairKeys: readonly number[];
  /** how many UTF-16 units of the text the value has, */
  readonly pairLengths: readonly number[];
  /** and all the values. */
  readonly pairText: string;
  readonly names: readonly string[];
  readonly processes: readonly UiTraceProcess[];
}

export interface UiTraceProcess {
  readonly serviceName: string;
  readonly tags: readonly number[];
}

export interface UiTraceReference {
  /** In this piece. */
  readonly span: number;
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface UiTraceWarnings {
  /** In this piece. */
  readonly span: number;
  readonly texts: readonly string[];
}

export interface UiTraceEnd {
  /** How many spans the pieces have. */
  readonly spanCount: number;
  readonly warnings: readonly string[];
  /** Why there are no more of them; null when that is all. */
  readonly error: JaegerError | null;
}
