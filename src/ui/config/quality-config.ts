import type { ConfigReader } from './config-reader.ts';

export interface QualityConfig {
  readonly menuEnabled: boolean;
  /** '' for the UI's own word. */
  readonly menuLabel: string;
  /** Relative to the base path. */
  readonly apiEndpoint: string;
}

export const DEFAULT_QUALITY_CONFIG: QualityConfig = {
  menuEnabled: true,
  menuLabel: '',
  apiEndpoint: 'api/quality-metrics',
};

/** Jaeger's section `qualityMetrics`. */
export function readQualityConfig(quality: ConfigReader): QualityConfig {
  const defaults = DEFAULT_QUALITY_CONFIG;
  const asked = quality.text('apiEndpoint') ?? defaults.apiEndpoint;
  const apiEndpoint = asked.replace(/^\/+/, '');
  // The page's content policy allows no other host.
  const isPath = !/^[a-z][a-z\d+.-]*:/i.test(apiEndpoint) && !asked.startsWith('//');
  if (!isPath) quality.refuse('apiEndpoint', 'a path below the base path');
  return {
    menuEnabled: quality.flag('menuEnabled', defaults.menuEnabled),
    menuLabel: quality.text('menuLabel') ?? defaults.menuLabel,
    apiEndpoint: isPath ? apiEndpoint : defaults.apiEndpoint,
  };
}
