import type { TextAttribute } from './timeline-span.ts';
import type { SpanRow, TreeRow } from './trace-tree.ts';

/** The service that a span calls, as its row names it. */
export interface CalledService {
  readonly name: string;
  /** False when it has sent no span of its own: only its caller knows of it. */
  readonly isInstrumented: boolean;
}

/** Undefined for a span that calls none, or several. */
export function calledService(
  rows: readonly TreeRow[],
  row: SpanRow,
  attributes: readonly TextAttribute[],
): CalledService | undefined {
  const { kind } = row.span;
  if (row.childCount === 0) {
    const name = attributes.find(({ key }) => key === 'peer.service')?.value ?? '';
    const calls = kind === 'client' || kind === 'producer';
    return calls && name !== '' ? { name, isInstrumented: false } : undefined;
  }
  const child = rows[row.index + 1];
  const served = kind === 'client' && row.childCount === 1 && child?.type === 'span';
  if (!served || child.span.kind !== 'server') return undefined;
  return { name: child.span.process.serviceName, isInstrumented: true };
}
