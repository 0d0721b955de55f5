import type { ConfigReader } from './config-reader.ts';
import { type Decoration, readDecorations } from './decoration-config.ts';

export interface GraphConfig {
  readonly architectureInMenu: boolean;
  /** With more connections than this, the architecture is laid out by forces. */
  readonly layeredLinksMax: number;
  readonly deepDependenciesInMenu: boolean;
  /** What other services say about services, beside their names in the deep dependency graph. */
  readonly decorations: readonly Decoration[];
}

export const DEFAULT_GRAPH_CONFIG: GraphConfig = {
  architectureInMenu: true,
  layeredLinksMax: 100,
  deepDependenciesInMenu: true,
  decorations: [],
};

/** Jaeger's sections `dependencies` and `deepDependencies`, and `pathAgnosticDecorations`. */
export function readGraphConfig(config: ConfigReader): GraphConfig {
  const defaults = DEFAULT_GRAPH_CONFIG;
  const dependencies = config.section('dependencies');
  const deep = config.section('deepDependencies');
  return {
    architectureInMenu: dependencies.flag('menuEnabled', defaults.architectureInMenu),
    layeredLinksMax: dependencies.count('dagMaxNumServices', defaults.layeredLinksMax),
    deepDependenciesInMenu: deep.flag('menuEnabled', defaults.deepDependenciesInMenu),
    decorations: readDecorations(config.list('pathAgnosticDecorations')),
  };
}
