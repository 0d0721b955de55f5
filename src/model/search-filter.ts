/**
 * What can be asked of a span beyond equal texts. Conditions of a list hold together on the same
 * span; `anyOf` holds where all conditions of one of its lists do.
 */
export type SpanCondition = AttributeFilter | AnyOf;

export interface AnyOf {
  readonly anyOf: readonly (readonly SpanCondition[])[];
}

export interface AttributeFilter {
  readonly subject: AttributeSubject | FieldSubject;
  readonly test: ValueTest;
}

/** Attributes of this key; case is kept. A key may have several values on one span. */
export interface AttributeSubject {
  readonly place: FilterPlace;
  readonly key: string;
}

/** A field of the span itself. Every span has each but for `eventName`, which it has an event. */
export interface FieldSubject {
  readonly field: SpanField;
}

/** Whose attributes are meant: of the span, its resource and scope, its events and links; or all. */
export const FILTER_PLACES = ['any', 'span', 'resource', 'scope', 'event', 'link'] as const;
export type FilterPlace = (typeof FILTER_PLACES)[number];

/**
 * `kind` and `status` are the words of `SPAN_KINDS` and `STATUS_CODES`; `duration` is a number of
 * nanoseconds, 0 for a span that ends before it starts; all others are texts.
 */
export const SPAN_FIELDS = [
  'name',
  'kind',
  'status',
  'statusMessage',
  'duration',
  'eventName',
  'scopeName',
  'scopeVersion',
] as const;
export type SpanField = (typeof SPAN_FIELDS)[number];

/** A condition on the whole trace, whichever of its spans match everything else. */
export interface TraceFilter {
  readonly field: TraceField;
  readonly test: ValueTest;
}

/** As in `TraceSummary`: of its root, texts; from its first start to its last end, nanoseconds. */
export const TRACE_FIELDS = ['rootService', 'rootName', 'duration'] as const;
export type TraceField = (typeof TRACE_FIELDS)[number];

/**
 * What a value must be.
 * - `exists`, `absent`: whether there is a value at all.
 * - `=`, `in`: the text of some value (see `attributeText`) is this, or one of these.
 * - `=~`: the text of some value matches the pattern as a whole; RE2's syntax, `.` is any character.
 * - `<`, `<=`, `>`, `>=`: some value is a number in that relation to this one. Integers, doubles and
 *   texts that are decimal numbers are; integers are compared with all their digits.
 * - `!=`, `!~`: there is a value, and no value is `=` or `=~`.
 */
export type ValueTest =
  | { readonly operator: 'exists' | 'absent' }
  | { readonly operator: ComparisonOperator; readonly value: string }
  | { readonly operator: 'in'; readonly values: readonly string[] };

export const COMPARISON_OPERATORS = ['=', '!=', '=~', '!~', '<', '<=', '>', '>='] as const;
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];
export type FilterOperator = ValueTest['operator'];

/** Where a trace stands in the order of results: its newest matching span, then its id. */
export interface SearchPosition {
  readonly startNano: bigint;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
}
