import type { Span } from './span.ts';

/** Equal for spans that are equal in everything, resource and scope included, and only for those. */
export function exactSpanText(span: Span): string {
  return JSON.stringify(span, exactText);
}

/** Text for the values that JSON has none for, or the same one for several. */
function exactText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  return value;
}
