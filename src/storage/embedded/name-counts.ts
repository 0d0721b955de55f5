import type { SpanKind } from '../../model/span.ts';
import type { Operation } from '../../model/trace-query.ts';
import { OPERATIONS_MAX, SERVICES_MAX } from '../held-spans/name-index.ts';
import type { BlockNames } from './block/block-names.ts';

const OTHER = '__other__';

interface CountedOperation extends Operation {
  readonly service: string;
  readonly key: string;
  blocks: number;
}

/** Services and operations of all blocks. Bounded: names beyond are one name, `__other__`. */
export class NameCounts {
  private readonly services = new Map<string, Map<string, CountedOperation>>();

  /** Adds the names of a block; returns how to take them away again. */
  add({ operations }: Pick<BlockNames, 'operations'>): () => void {
    const counted = operations.map(({ service, name, kind }) =>
      this.operation(service, name, kind),
    );
    for (const operation of counted) operation.blocks += 1;
    return () => {
      for (const operation of counted) this.release(operation);
    };
  }

  serviceNames(): readonly string[] {
    return [...this.services.keys()].filter((name) => name !== '');
  }

  operationsOf(service: string, kind: SpanKind | undefined): readonly Operation[] {
    const all = [...(this.services.get(service)?.values() ?? [])];
    return all
      .filter(({ spanKind }) => kind === undefined || spanKind === kind)
      .map(({ name, spanKind }) => ({ name, spanKind }));
  }

  private operation(service: string, name: string, spanKind: SpanKind): CountedOperation {
    const operations = this.services.get(service) ?? this.addService(service);
    if (operations === undefined) return this.operation(OTHER, OTHER, spanKind);
    const key = `${spanKind} ${name}`;
    const known = operations.get(key);
    if (known !== undefined) return known;
    if (operations.size >= OPERATIONS_MAX && name !== OTHER) {
      return this.operation(service, OTHER, spanKind);
    }
    const operation = { service, name, spanKind, key, blocks: 0 };
    operations.set(key, operation);
    return operation;
  }

  /** undefined when there are too many. */
  private addService(service: string): Map<string, CountedOperation> | undefined {
    if (this.services.size >= SERVICES_MAX && service !== OTHER) return undefined;
    const operations = new Map<string, CountedOperation>();
    this.services.set(service, operations);
    return operations;
  }

  private release(operation: CountedOperation): void {
    operation.blocks -= 1;
    const operations = this.services.get(operation.service);
    if (operation.blocks > 0 || operations === undefined) return;
    operations.delete(operation.key);
    if (operations.size === 0) this.services.delete(operation.service);
  }
}

/** Operations of several places, each once, sorted by name, then kind. */
export function mergeOperations(lists: readonly (readonly Operation[])[]): readonly Operation[] {
  const merged = new Map<string, Operation>();
  for (const operation of lists.flat()) {
    merged.set(`${operation.spanKind} ${operation.name}`, operation);
  }
  return [...merged.values()].sort((a, b) => {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    return a.spanKind < b.spanKind ? -1 : 1;
  });
}
