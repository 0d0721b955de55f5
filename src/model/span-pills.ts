import type { TextAttribute } from './timeline-span.ts';

/** A short fact of a span that its row shows. */
export interface SpanPill {
  /** The attribute's name in Jaeger's words. */
  readonly name: string;
  readonly value: string;
  readonly isError: boolean;
}

interface PillSource {
  readonly name: string;
  /** Older and newer names of the same attribute. */
  readonly keys: readonly string[];
}

const STATUS = 'http.status_code';
const SOURCES: readonly PillSource[] = [
  { name: STATUS, keys: ['http.status_code', 'http.response.status_code'] },
  { name: 'http.method', keys: ['http.method', 'http.request.method'] },
  { name: 'db.system', keys: ['db.system', 'db.system.name'] },
  { name: 'rpc.system', keys: ['rpc.system', 'rpc.system.name'] },
  { name: 'gen_ai.request.model', keys: ['gen_ai.request.model'] },
];

/** In the same order on every row. */
export function spanPills(attributes: readonly TextAttribute[]): readonly SpanPill[] {
  return SOURCES.flatMap(({ name, keys }) => {
    const value = attributes.find(({ key }) => keys.includes(key))?.value ?? '';
    if (value === '') return [];
    return [{ name, value, isError: name === STATUS && /^5\d\d$/.test(value) }];
  });
}
