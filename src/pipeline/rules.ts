import type { SpanKind } from '../model/span.ts';

/** Where an attribute can be. */
export const ATTRIBUTE_PLACES = ['resource', 'scope', 'span', 'event', 'link'] as const;
export type AttributePlace = (typeof ATTRIBUTE_PLACES)[number];

/** `redact` replaces a value by `[redacted]`, `hash` by a digest of it. */
export const ATTRIBUTE_ACTIONS = ['keep', 'drop', 'redact', 'hash'] as const;
export type AttributeAction = (typeof ATTRIBUTE_ACTIONS)[number];

/** The first rule whose place and keys match decides about an attribute; without one it is kept. */
export interface AttributeRule {
  readonly action: AttributeAction;
  /** Keys, with `*` for any text. */
  readonly keys: readonly string[];
  readonly places: readonly AttributePlace[];
}

/** Drops the spans for which every condition given holds. */
export interface SpanRule {
  /** Label of the metric that counts what it drops. */
  readonly name: string;
  /** Names, with `*` for any text; one of them has to match. */
  readonly services?: readonly string[];
  readonly operations?: readonly string[];
  readonly kinds?: readonly SpanKind[];
  readonly shorterThanMs?: number;
  /** All of them have to hold, each on an attribute of the span or of its resource. */
  readonly attributes?: readonly AttributeTest[];
}

export interface AttributeTest {
  readonly key: string;
  /** Text of the value, as a search would say it; without it any value will do. */
  readonly equals?: string;
}

/** What a deployment wants done to its spans. */
export interface PipelineRules {
  readonly attributes: readonly AttributeRule[];
  readonly spans: readonly SpanRule[];
  /** Key of the digests of `hash`; '' = plain SHA-256. */
  readonly hashKey: string;
}

export const NO_RULES: PipelineRules = { attributes: [], spans: [], hashKey: '' };
