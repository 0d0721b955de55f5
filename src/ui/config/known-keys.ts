import type { ConfigReader } from './config-reader.ts';

/** Jaeger's former names, with the places that they moved to. */
const FORMER: Readonly<Record<string, readonly [section: string, key: string]>> = {
  gaTrackingID: ['tracking', 'gaID'],
  dependenciesMenuEnabled: ['dependencies', 'menuEnabled'],
};

const KNOWN: ReadonlySet<string> = new Set([
  'archiveEnabled',
  'criticalPathEnabled',
  'deepDependencies',
  'dependencies',
  'disableFileUploadControl',
  'disableJsonView',
  'forbidNewPage',
  'linkPatterns',
  'menu',
  'monitor',
  'pathAgnosticDecorations',
  'qualityMetrics',
  'search',
  'themes',
  'topTagPrefixes',
  'traceDiff',
  'traceIdDisplayLength',
  'traceTimeline',
  'tracking',
  'useOpenTelemetryTerms',
]);

const FROM_SERVICE = 'the query service says what its storages can do';

/** Keys of Jaeger that do nothing here, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  ai: 'this UI has no chat',
  backendCapabilities: FROM_SERVICE,
  storageCapabilities: FROM_SERVICE,
  scripts: 'the page runs no inline code; a .js configuration file may hold it',
  traceGraph: 'graphs are laid out without a memory of a size to be set',
  tracing: 'the UI makes no spans of its own',
};

/** The configuration with former keys in their present places; a present key wins. */
export function renameFormerKeys(config: unknown): unknown {
  if (!isFields(config)) return config;
  const renamed = new Map(Object.entries(config));
  for (const [former, [section, key]] of Object.entries(FORMER)) {
    if (!renamed.has(former)) continue;
    const present = renamed.get(section);
    renamed.set(section, { [key]: renamed.get(former), ...(isFields(present) && present) });
    renamed.delete(former);
  }
  return Object.fromEntries(renamed);
}

/** Says of each key that does nothing why it does. */
export function complainOfUnused(config: ConfigReader): void {
  for (const key of config.keys()) {
    if (!KNOWN.has(key) && !Object.hasOwn(IGNORED, key)) config.ignore(key, 'it is not known');
  }
  for (const [key, reason] of Object.entries(IGNORED)) {
    if (config.has(key)) config.ignore(key, reason);
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
