import type { Span } from './span.ts';

const NO_ID = /^0*$/;

/** Drops links that lead nowhere and says so, once for each. */
export function removeEmptyLinks(span: Span): Span {
  const links = span.links.filter(({ traceId }) => !NO_ID.test(traceId));
  const removed = span.links.length - links.length;
  if (removed === 0) return span;
  const warnings = new Array<string>(removed).fill('Invalid span link removed');
  return { ...span, links, warnings: [...span.warnings, ...warnings] };
}
