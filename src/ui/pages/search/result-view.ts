import { FIRST_PAGE, type PageRange } from '../../api/trace-summaries.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { readTraceOrder, type TraceOrder } from './sort-traces.ts';

export const RESULT_SHAPES = ['list', 'table', 'ddg'] as const;
export type ResultShape = (typeof RESULT_SHAPES)[number];

/** How results are shown: the parameters of the address that are no conditions. */
export interface ResultView {
  readonly order: TraceOrder;
  readonly shape: ResultShape;
  readonly range: PageRange;
  /** Undefined for all that was found. */
  readonly brush: Brush | undefined;
}

/** A part of the plot. */
export interface Brush {
  readonly fromUs: number;
  readonly toUs: number;
  readonly shortestUs: number;
  readonly longestUs: number;
}

const PAGES_MAX = 100;

export function readResultView(search: string): ResultView {
  const url = new URLSearchParams(search);
  const pages = Number(url.get('pages') ?? 1);
  return {
    order: readTraceOrder(url.get('sort')),
    shape: RESULT_SHAPES.find((shape) => shape === url.get('view')) ?? 'list',
    range: {
      cursor: url.get('cursor') ?? FIRST_PAGE.cursor,
      pages: Number.isInteger(pages) && pages >= 1 && pages <= PAGES_MAX ? pages : 1,
    },
    brush: readBrush(url.get('plot') ?? ''),
  };
}

/** The same address with other parameters; undefined takes one away. */
export function searchWith(
  search: string,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.delete(name);
    else url.set(name, value);
  }
  return `search?${url}`;
}

/** `<from>-<to>,<shortest>-<longest>` in microseconds. */
export function brushText({ fromUs, toUs, shortestUs, longestUs }: Brush): string {
  const whole = [fromUs, toUs, shortestUs, longestUs].map((us) => Math.max(0, Math.round(us)));
  const [from = 0, to = 0, shortest = 0, longest = 0] = whole;
  return `${from}-${to},${shortest}-${longest}`;
}

function readBrush(text: string): Brush | undefined {
  const match = /^(\d{1,16})-(\d{1,16}),(\d{1,16})-(\d{1,16})$/.exec(text);
  if (match === null) return undefined;
  const [fromUs = 0, toUs = 0, shortestUs = 0, longestUs = 0] = match.slice(1).map(Number);
  return { fromUs, toUs, shortestUs, longestUs };
}

export function isBrushed(trace: FoundTrace, brush: Brush): boolean {
  const { startUs, durationUs } = trace;
  return (
    startUs >= brush.fromUs &&
    startUs <= brush.toUs &&
    durationUs >= brush.shortestUs &&
    durationUs <= brush.longestUs
  );
}
