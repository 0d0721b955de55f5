import type { TextAttribute } from './timeline-span.ts';

/** What a span does, as far as its attributes tell. */
export type SpanType = 'genai' | 'db' | 'messaging' | 'faas' | 'rpc' | 'http';

/** The most telling first: a call of a model or a database often goes over HTTP as well. */
const PREFIXES: readonly (readonly [prefix: string, type: SpanType])[] = [
  ['gen_ai.', 'genai'],
  ['db.', 'db'],
  ['sql.', 'db'],
  ['messaging.', 'messaging'],
  ['message_bus.', 'messaging'],
  ['faas.', 'faas'],
  ['rpc.', 'rpc'],
  ['grpc.', 'rpc'],
  ['http.', 'http'],
];

/** Undefined for a span of none of these types. */
export function spanType(attributes: readonly TextAttribute[]): SpanType | undefined {
  let best = PREFIXES.length;
  for (const { key } of attributes) {
    const rank = PREFIXES.findIndex(([prefix]) => key.startsWith(prefix));
    if (rank !== -1 && rank < best) best = rank;
  }
  return PREFIXES[best]?.[1];
}
