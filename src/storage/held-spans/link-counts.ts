import type { DependencyLink } from '../../model/trace-query.ts';

/** How often each service called each other. */
export class LinkCounts {
  private readonly counts = new Map<string, Map<string, number>>();

  add(parent: string, child: string, count = 1): void {
    let children = this.counts.get(parent);
    if (children === undefined) {
      children = new Map();
      this.counts.set(parent, children);
    }
    children.set(child, (children.get(child) ?? 0) + count);
  }

  addAll(other: LinkCounts, sign: 1 | -1 = 1): void {
    for (const [parent, children] of other.counts) {
      for (const [child, count] of children) this.add(parent, child, sign * count);
    }
  }

  /** Sorted by parent, then child. */
  links(): readonly DependencyLink[] {
    const links: DependencyLink[] = [];
    for (const [parent, children] of this.counts) {
      for (const [child, callCount] of children) {
        if (callCount > 0) links.push({ parent, child, callCount });
      }
    }
    return links.sort(byNames);
  }
}

function byNames(a: DependencyLink, b: DependencyLink): number {
  if (a.parent !== b.parent) return a.parent < b.parent ? -1 : 1;
  return a.child < b.child ? -1 : 1;
}
