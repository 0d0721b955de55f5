import type { Gathering } from './gathering.ts';
import type { SpanRow, TreeRow } from './trace-tree.ts';

/** Which spans are listed; an empty set stands for all of its kind. */
interface SpanChoice {
  readonly services: ReadonlySet<string>;
  readonly operations: ReadonlySet<string>;
}

export interface NameCount {
  readonly name: string;
  readonly spanCount: number;
}

/** The names that spans can be chosen by, in the order of the language. */
interface SpanNames {
  readonly services: readonly NameCount[];
  readonly operations: readonly NameCount[];
}

/** The spans of the choice, in the order of the tree. */
export function gatherSpans({
  services,
  operations,
}: SpanChoice): Gathering<TreeRow, readonly SpanRow[]> {
  const chosen: SpanRow[] = [];
  const isIn = (names: ReadonlySet<string>, name: string): boolean =>
    names.size === 0 || names.has(name);
  return {
    add: (row) => {
      if (row.type === 'ghost') return;
      const { process, operationName } = row.span;
      if (isIn(services, process.serviceName) && isIn(operations, operationName)) chosen.push(row);
    },
    result: () => chosen,
  };
}

export function gatherSpanNames(): Gathering<TreeRow, SpanNames> {
  const services = new Map<string, number>();
  const operations = new Map<string, number>();
  const count = (names: Map<string, number>, name: string): void => {
    names.set(name, (names.get(name) ?? 0) + 1);
  };
  return {
    add: (row) => {
      if (row.type === 'ghost') return;
      count(services, row.span.process.serviceName);
      count(operations, row.span.operationName);
    },
    result: () => ({ services: inOrder(services), operations: inOrder(operations) }),
  };
}

function inOrder(counts: ReadonlyMap<string, number>): readonly NameCount[] {
  const { compare } = new Intl.Collator();
  return Array.from(counts, ([name, spanCount]) => ({ name, spanCount })).sort((a, b) =>
    compare(a.name, b.name),
  );
}
