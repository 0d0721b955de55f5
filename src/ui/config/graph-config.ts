import type { ConfigReader } from './config-reader.ts';

export interface GraphConfig {
  readonly architectureInMenu: boolean;
  /** With more services than this, the architecture is laid out by forces from the start. */
  readonly layeredServicesMax: number;
  readonly deepDependenciesInMenu: boolean;
}

export const DEFAULT_GRAPH_CONFIG: GraphConfig = {
  architectureInMenu: true,
  layeredServicesMax: 100,
  deepDependenciesInMenu: true,
};

/** Jaeger's sections `dependencies` and `deepDependencies`. */
export function readGraphConfig(config: ConfigReader): GraphConfig {
  const defaults = DEFAULT_GRAPH_CONFIG;
  const dependencies = config.section('dependencies');
  const deep = config.section('deepDependencies');
  return {
    architectureInMenu: dependencies.flag('menuEnabled', defaults.architectureInMenu),
    layeredServicesMax: dependencies.count('dagMaxNumServices', defaults.layeredServicesMax),
    deepDependenciesInMenu: deep.flag('menuEnabled', defaults.deepDependenciesInMenu),
  };
}
