import type { AttributeFilter, TraceField, ValueTest } from '../search-filter.ts';

/** A query of TraceQL, as far as it is understood here. https://grafana.com/docs/tempo/latest/traceql/ */
export interface TraceqlQuery {
  readonly spanset: Spanset;
  /** What is done with the spans found, one after the other. */
  readonly stages: readonly Stage[];
}

/** Which spans of a trace are meant. */
export type Spanset = Selector | SpansetOperation;

/** Spans that meet a condition. */
export interface Selector {
  readonly type: 'selector';
  readonly condition: Condition;
}

export interface SpansetOperation {
  readonly type: 'operation';
  readonly operator: SpansetOperator;
  readonly left: Spanset;
  readonly right: Spanset;
}

/**
 * - `&&`: the spans of both sides, when both have some; `||`: the spans of either.
 * - `>`, `>>`: spans of the right whose parent, or some ancestor, is among the left; `<`, `<<`: whose
 *   child, or some descendant, is; `~`: who have the same parent as another span, of the left.
 */
export const SPANSET_OPERATORS = ['&&', '||', '>', '>>', '<', '<<', '~'] as const;
export type SpansetOperator = (typeof SPANSET_OPERATORS)[number];

/** `and` of nothing holds of every span, `or` of nothing of none. */
export type Condition =
  { readonly type: 'and' | 'or'; readonly parts: readonly Condition[] } | Comparison;

export interface Comparison {
  readonly type: 'comparison';
  readonly subject: Subject;
  readonly test: ValueTest;
  /** Where it starts in the text, in characters from 0. */
  readonly position: number;
}

/** What a condition is about: what searches of the storage know, and ids. */
export type Subject =
  AttributeFilter['subject'] | { readonly trace: TraceField } | { readonly id: IdField };

/** 32 lower-case hex digits for traces, 16 for spans; a root span has no parent. */
export type IdField = 'trace' | 'span' | 'parent' | 'linkTrace' | 'linkSpan';

export type Stage =
  | { readonly type: 'select'; readonly subjects: readonly Subject[] }
  | { readonly type: 'count'; readonly isMet: (count: number) => boolean }
  | { readonly type: 'filter'; readonly condition: Condition };

/** A query that is wrong, or has what is not supported; the message says where, for people to read. */
export class TraceqlError extends Error {
  override readonly name = 'TraceqlError';

  /** @param position in characters from 0 */
  constructor(position: number, message: string, options?: ErrorOptions) {
    super(`TraceQL, column ${position + 1}: ${message}`, options);
  }
}

/** What one query may have, so that none costs without limit. */
export const QUERY_CHARACTERS_MAX = 10_000;
export const QUERY_DEPTH_MAX = 32;
export const COMPARISONS_MAX = 64;
