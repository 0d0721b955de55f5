import { forEachCall } from '../../../model/service-calls.ts';
import type { CallCounts } from './call-counts.ts';
import type { SpanRows } from './span-rows.ts';
import type { TraceOrder } from './trace-order.ts';

/** Spans in the order of a block, and whose they are. */
export interface CallSource {
  readonly rows: SpanRows;
  readonly order: TraceOrder;
  readonly serviceOfResource: readonly number[];
  readonly rowsPerPage: number;
}

/** Up to here comparing each id with each is faster than hashing. */
const FEW_SPANS = 64;

/** Counts the calls between the spans that the block has of each trace. */
export function collectCalls(source: CallSource): CallCounts {
  const { order, rowsPerPage } = source;
  const { rows, firstRows } = order;
  const tally = new CallTally(Math.ceil(rows.length / rowsPerPage));
  const visit = (parentRow: number, childRow: number): void => {
    const parent = serviceOf(source, rows[parentRow] ?? 0);
    const child = serviceOf(source, rows[childRow] ?? 0);
    tally.add(Math.floor(childRow / rowsPerPage), parent, child);
  };
  for (let place = 0; place + 1 < firstRows.length; place++) {
    const first = firstRows[place] ?? 0;
    const end = firstRows[place + 1] ?? 0;
    if (end - first < 2) continue;
    if (end - first <= FEW_SPANS && hasDistinctIds(source, first, end)) {
      eachPlainCall(source, first, end, visit);
    } else {
      forEachCall(callColumns(source, first, end), (parent, child) => {
        visit(first + parent, first + child);
      });
    }
  }
  return tally.finish();
}

function serviceOf({ rows, serviceOfResource }: CallSource, row: number): number {
  return serviceOfResource[rows.resources[row] ?? 0] ?? 0;
}

/** By the low words alone: ids that share one are rare, and only take longer. */
function hasDistinctIds({ rows, order }: CallSource, first: number, end: number): boolean {
  const { spanIds } = rows;
  for (let later = first + 1; later < end; later++) {
    const low = spanIds[2 * (order.rows[later] ?? 0) + 1];
    for (let at = first; at < later; at++) {
      if (spanIds[2 * (order.rows[at] ?? 0) + 1] === low) return false;
    }
  }
  return true;
}

/** What `forEachCall` names where no two spans have one id. */
function eachPlainCall(
  { rows, order }: CallSource,
  first: number,
  end: number,
  visit: (parentRow: number, childRow: number) => void,
): void {
  const { spanIds, parentIds } = rows;
  for (let child = first; child < end; child++) {
    const row = order.rows[child] ?? 0;
    const high = parentIds[2 * row] ?? 0;
    const low = parentIds[2 * row + 1] ?? 0;
    if (high === 0 && low === 0) continue;
    for (let parent = first; parent < end; parent++) {
      const own = order.rows[parent] ?? 0;
      if (spanIds[2 * own + 1] !== low || spanIds[2 * own] !== high) continue;
      if (parent !== child) visit(parent, child);
      break;
    }
  }
}

function callColumns(
  { rows, order }: CallSource,
  first: number,
  end: number,
): Parameters<typeof forEachCall>[0] {
  const count = end - first;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  const kinds = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const row = order.rows[first + at] ?? 0;
    spanIds.set(rows.spanIds.subarray(2 * row, 2 * row + 2), 2 * at);
    parentSpanIds.set(rows.parentIds.subarray(2 * row, 2 * row + 2), 2 * at);
    kinds[at] = rows.kinds[row] ?? 0;
  }
  return { count, spanIds, parentSpanIds, kinds };
}

/** Numbers of services are below this. */
const SERVICES_MAX = 2 ** 26;

/** Counts page by page: pages never descend. */
class CallTally {
  private readonly edgeNumbers = new Map<number, number>();
  private readonly parents: number[] = [];
  private readonly children: number[] = [];
  private readonly firsts: Uint32Array;
  private readonly edges: number[] = [];
  private readonly counts: number[] = [];
  private page = 0;
  private readonly ofPage = new Map<number, number>();

  constructor(pages: number) {
    this.firsts = new Uint32Array(pages + 1);
  }

  add(page: number, parent: number, child: number): void {
    while (this.page < page) this.endPage();
    const edge = this.edgeNumber(parent, child);
    this.ofPage.set(edge, (this.ofPage.get(edge) ?? 0) + 1);
  }

  finish(): CallCounts {
    while (this.page + 1 < this.firsts.length) this.endPage();
    return {
      parents: Uint32Array.from(this.parents),
      children: Uint32Array.from(this.children),
      firsts: this.firsts,
      edges: Uint32Array.from(this.edges),
      counts: Uint32Array.from(this.counts),
    };
  }

  private endPage(): void {
    for (const edge of [...this.ofPage.keys()].sort((a, b) => a - b)) {
      this.edges.push(edge);
      this.counts.push(this.ofPage.get(edge) ?? 0);
    }
    this.ofPage.clear();
    this.page += 1;
    this.firsts[this.page] = this.edges.length;
  }

  private edgeNumber(parent: number, child: number): number {
    const key = parent * SERVICES_MAX + child;
    const known = this.edgeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.parents.push(parent) - 1;
    this.children.push(child);
    this.edgeNumbers.set(key, number);
    return number;
  }
}
