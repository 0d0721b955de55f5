import { grown } from '../../model/grown.ts';
import type { DependencyLink } from '../../model/trace-query.ts';

/** Numbers pairs of services, so that counts of calls are arrays. */
export class EdgeTable {
  readonly parents: string[] = [];
  readonly children: string[] = [];
  private readonly numbers = new Map<string, Map<string, number>>();
  /** Edges by names; undefined when there are new ones. */
  private order: readonly number[] | undefined;

  get size(): number {
    return this.parents.length;
  }

  numberOf(parent: string, child: string): number {
    let ofParent = this.numbers.get(parent);
    if (ofParent === undefined) {
      ofParent = new Map();
      this.numbers.set(parent, ofParent);
    }
    const known = ofParent.get(child);
    if (known !== undefined) return known;
    const number = this.parents.push(parent) - 1;
    this.children.push(child);
    ofParent.set(child, number);
    this.order = undefined;
    return number;
  }

  /** Edges that were counted, sorted by parent, then child. */
  links(counts: EdgeCounts): readonly DependencyLink[] {
    this.order ??= this.byNames();
    const links: DependencyLink[] = [];
    for (const edge of this.order) {
      const callCount = counts.of(edge);
      if (callCount <= 0) continue;
      links.push({
        parent: this.parents[edge] ?? '',
        child: this.children[edge] ?? '',
        callCount,
      });
    }
    return links;
  }

  private byNames(): readonly number[] {
    const { parents, children } = this;
    return parents
      .map((_, edge) => edge)
      .sort((a, b) => compare(parents[a], parents[b]) || compare(children[a], children[b]));
  }
}

function compare(a = '', b = ''): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** A count an edge. */
export class EdgeCounts {
  private counts = new Float64Array(64);

  of(edge: number): number {
    return this.counts[edge] ?? 0;
  }

  add(edge: number, count: number): void {
    while (edge >= this.counts.length) this.grow();
    this.counts[edge] = this.of(edge) + count;
  }

  /** Adds counts of these edges, or takes them away. */
  addEach(edges: Uint32Array, more: Float64Array, sign: 1 | -1 = 1): void {
    for (let at = 0; at < edges.length; at++) {
      const edge = edges[at] ?? 0;
      while (edge >= this.counts.length) this.grow();
      this.counts[edge] = (this.counts[edge] ?? 0) + sign * (more[at] ?? 0);
    }
  }

  addAll(other: EdgeCounts): void {
    while (this.counts.length < other.counts.length) this.grow();
    for (let edge = 0; edge < other.counts.length; edge++) {
      this.counts[edge] = this.of(edge) + other.of(edge);
    }
  }

  private grow(): void {
    this.counts = grown(Float64Array, this.counts, 2 * this.counts.length);
  }
}
