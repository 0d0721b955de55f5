import { createContext, useContext } from 'react';
import type { LinkPattern } from '../../model/link-patterns.ts';
import { text } from '../text/common-text.ts';
import type { Terms } from '../text/terms.ts';
import { DEFAULT_GRAPH_CONFIG, type GraphConfig } from './graph-config.ts';
import type { MenuEntry } from './menu-config.ts';
import { DEFAULT_TRACE_CONFIG, type TraceConfig } from './trace-config.ts';
import { DEFAULT_MONITOR_CONFIG, type MonitorConfig } from './monitor-config.ts';
import { DEFAULT_QUALITY_CONFIG, type QualityConfig } from './quality-config.ts';
import { DEFAULT_TRACKING_CONFIG, type TrackingConfig } from './tracking-config.ts';

/** What an operator of the UI has chosen, complete: every field has its default. */
export interface UiConfig {
  readonly search: SearchConfig;
  readonly trace: TraceConfig;
  readonly traceIdDisplayLength: number;
  readonly topTagPrefixes: readonly string[];
  readonly menu: readonly MenuEntry[];
  readonly linkPatterns: readonly LinkPattern[];
  readonly criticalPathEnabled: boolean;
  readonly disableJsonView: boolean;
  readonly disableFileUpload: boolean;
  readonly themesEnabled: boolean;
  readonly terms: Terms;
  readonly forbidNewPage: boolean;
  readonly graphs: GraphConfig;
  readonly monitor: MonitorConfig;
  readonly qualityMetrics: QualityConfig;
  /** A page about comparing traces; '' for none. */
  readonly traceDiffHelpLink: string;
  readonly tracking: TrackingConfig;
  readonly capabilities: Capabilities;
  /** Of the query service; '' while it is not known, as on the development server. */
  readonly version: string;
}

export interface SearchConfig {
  readonly defaultLookback: string;
  /** The form's choices in seconds, shortest first. */
  readonly lookbacks: ReadonlyMap<string, number>;
  readonly maxLimit: number;
  /** How long before now a lookback ends, so that traces in flight are left out; '' for not at all. */
  readonly adjustEndTime: string;
  /** False where the storage finds traces by service alone: a search must name one. */
  readonly withoutService: boolean;
  /** Whether a search can do more than compare equal texts. */
  readonly filters: boolean;
}

/** What the query service and its storages can do; the least while it is not known. */
export interface Capabilities {
  readonly archiveStorage: boolean;
  readonly metricsStorage: boolean;
  readonly searchWithoutServiceName: boolean;
  readonly searchFilters: boolean;
}

/** Jaeger's choices. */
export const LOOKBACKS: ReadonlyMap<string, number> = new Map([
  ['5m', 300],
  ['15m', 900],
  ['30m', 1_800],
  ['1h', 3_600],
  ['2h', 7_200],
  ['3h', 10_800],
  ['6h', 21_600],
  ['12h', 43_200],
  ['24h', 86_400],
  ['2d', 172_800],
  ['5d', 432_000],
  ['7d', 604_800],
  ['2w', 1_209_600],
  ['4w', 2_419_200],
]);

export const DEFAULT_UI_CONFIG: UiConfig = {
  search: {
    defaultLookback: '1h',
    lookbacks: LOOKBACKS,
    maxLimit: 1_500,
    adjustEndTime: '',
    withoutService: false,
    filters: false,
  },
  trace: DEFAULT_TRACE_CONFIG,
  traceIdDisplayLength: 7,
  topTagPrefixes: [],
  menu: [],
  linkPatterns: [],
  criticalPathEnabled: true,
  disableJsonView: false,
  disableFileUpload: false,
  themesEnabled: true,
  terms: text.openTelemetryTerms,
  forbidNewPage: false,
  graphs: DEFAULT_GRAPH_CONFIG,
  monitor: DEFAULT_MONITOR_CONFIG,
  qualityMetrics: DEFAULT_QUALITY_CONFIG,
  traceDiffHelpLink: '',
  tracking: DEFAULT_TRACKING_CONFIG,
  capabilities: {
    archiveStorage: false,
    metricsStorage: false,
    searchWithoutServiceName: false,
    searchFilters: false,
  },
  version: '',
};

export const UiConfigContext = createContext<UiConfig>(DEFAULT_UI_CONFIG);

export function useUiConfig(): UiConfig {
  return useContext(UiConfigContext);
}

/** Attributes of a link that leads out of this page. */
export function useLinkTarget(newPage = true): {
  readonly target?: '_blank';
  readonly rel: string;
} {
  const { forbidNewPage } = useUiConfig();
  const rel = 'noopener noreferrer';
  return newPage && !forbidNewPage ? { target: '_blank', rel } : { rel };
}
