import type { PathTree } from '../../../../../model/path-tree.ts';
import { viewChoice, viewParam } from '../view-search.ts';

export const FLAME_LAYOUTS = ['both', 'table', 'flamegraph'] as const;

type FlameLayoutChoice = (typeof FLAME_LAYOUTS)[number];

/** What a person chose to see; all of it is in the address. */
export interface FlameChoice {
  readonly layout: FlameLayoutChoice;
  /** The node that takes the whole width, -1 for all roots. */
  readonly focus: number;
  /** Whether what is above the focus is left out. */
  readonly collapsed: boolean;
}

export function readFlameChoice(search: string, { nodes }: PathTree): FlameChoice {
  const wanted = viewParam(search, 'flameNode');
  const focus = /^\d+$/.test(wanted) ? (nodes[Number(wanted)]?.index ?? -1) : -1;
  return {
    layout: viewChoice(search, 'flameLayout', FLAME_LAYOUTS),
    focus,
    collapsed: focus >= 0 && viewParam(search, 'flameAbove') === 'hidden',
  };
}

export function writeFlameChoice(
  choice: FlameChoice,
): Readonly<Record<string, string | undefined>> {
  return {
    flameLayout: choice.layout === 'both' ? undefined : choice.layout,
    flameNode: choice.focus < 0 ? undefined : String(choice.focus),
    flameAbove: choice.collapsed && choice.focus >= 0 ? 'hidden' : undefined,
  };
}
