import { forEachCall } from '../../../model/service-calls.ts';
import type { CallCounts } from './call-counts.ts';
import { CallRows } from './call-rows.ts';
import type { SpanRows } from './span-rows.ts';
import type { TraceOrder } from './trace-order.ts';

/** Spans in the order of a block, and whose they are. */
export interface CallSource {
  readonly rows: SpanRows;
  readonly order: TraceOrder;
  readonly serviceOfResource: readonly number[];
  readonly rowsPerPage: number;
}

/** Counts the calls between the spans that the block has of each trace. */
export function collectCalls(source: CallSource): CallCounts {
  const { order, rowsPerPage } = source;
  const { rows, firstRows } = order;
  const tally = new CallTally(Math.ceil(rows.length / rowsPerPage));
  const trace = new CallRows();
  for (let place = 0; place + 1 < firstRows.length; place++) {
    const first = firstRows[place] ?? 0;
    const end = firstRows[place + 1] ?? 0;
    if (end - first < 2) continue;
    takeTrace(source, first, end, trace);
    forEachCall(trace, (parentRow, childRow) => {
      const parent = serviceOf(source, rows[first + parentRow] ?? 0);
      const child = serviceOf(source, rows[first + childRow] ?? 0);
      tally.add(Math.floor((first + childRow) / rowsPerPage), parent, child);
    });
  }
  return tally.finish();
}

function serviceOf({ rows, serviceOfResource }: CallSource, row: number): number {
  return serviceOfResource[rows.resources[row] ?? 0] ?? 0;
}

function takeTrace({ rows, order }: CallSource, first: number, end: number, to: CallRows): void {
  to.clear();
  to.reserve(end - first);
  const { spanIds, parentSpanIds, kinds } = to;
  for (let at = 0; at < end - first; at++) {
    const row = order.rows[first + at] ?? 0;
    spanIds[2 * at] = rows.spanIds[2 * row] ?? 0;
    spanIds[2 * at + 1] = rows.spanIds[2 * row + 1] ?? 0;
    parentSpanIds[2 * at] = rows.parentIds[2 * row] ?? 0;
    parentSpanIds[2 * at + 1] = rows.parentIds[2 * row + 1] ?? 0;
    kinds[at] = rows.kinds[row] ?? 0;
  }
  to.count = end - first;
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
  /** By edge, of the page. */
  private readonly ofPage: number[] = [];

  constructor(pages: number) {
    this.firsts = new Uint32Array(pages + 1);
  }

  add(page: number, parent: number, child: number): void {
    while (this.page < page) this.endPage();
    const edge = this.edgeNumber(parent, child);
    this.ofPage[edge] = (this.ofPage[edge] ?? 0) + 1;
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
    for (const [edge, count] of this.ofPage.entries()) {
      if (count === 0) continue;
      this.edges.push(edge);
      this.counts.push(count);
    }
    this.ofPage.fill(0);
    this.page += 1;
    this.firsts[this.page] = this.edges.length;
  }

  private edgeNumber(parent: number, child: number): number {
    const key = parent * SERVICES_MAX + child;
    const known = this.edgeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.parents.push(parent) - 1;
    this.children.push(child);
    this.ofPage.push(0);
    this.edgeNumbers.set(key, number);
    return number;
  }
}
