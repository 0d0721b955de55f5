import type { DdgNode } from '../../../model/ddg-graph.ts';
import type { DecoratedName } from '../../../model/decoration.ts';
import { type DecorationValue, useDecorationValues } from '../../api/decorations.ts';
import type { Decoration } from '../../config/decoration-config.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { wholeNumber } from '../../number-text.ts';

/** Undefined when none is chosen, or one that the configuration does not know. */
export function useChosenDecoration(id: string): Decoration | undefined {
  const { decorations } = useUiConfig().graphs;
  return decorations.find((decoration) => decoration.id === id);
}

/** What a decoration says of nodes, by their ids, and the largest number among it. */
export interface NodeValues {
  readonly byId: ReadonlyMap<string, DecorationValue>;
  readonly max: number;
}

/** Each service, or operation where those are shown, is asked for once. */
export function useNodeValues(
  decoration: Decoration | undefined,
  nodes: readonly DdgNode[],
  showOperations: boolean,
): NodeValues {
  const names = new Map<string, DecoratedName>();
  const keys = new Map<string, string>();
  for (const node of nodes) {
    const name = decoratedName(node, showOperations);
    const key = JSON.stringify([name.service, name.operation]);
    names.set(key, name);
    keys.set(node.id, key);
  }
  const values = useDecorationValues(decoration, [...names.values()]);
  const byKey = new Map([...names.keys()].map((key, index) => [key, values[index]]));
  const numbers = values.filter((value) => typeof value === 'number');
  return {
    byId: new Map([...keys].map(([id, key]) => [id, byKey.get(key)])),
    max: Math.max(0, ...numbers),
  };
}

/** A node of several operations is decorated as its service. */
export function decoratedName(
  { operations, service }: DdgNode,
  showOperations: boolean,
): DecoratedName {
  const [only = '', ...others] = operations;
  return { service, operation: showOperations && others.length === 0 ? only : '' };
}

export function decorationText(value: DecorationValue): string {
  return typeof value === 'number' ? wholeNumber(value) : (value ?? '');
}
