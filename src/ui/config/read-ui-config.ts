import { isFollowable } from '../../model/safe-link.ts';
import { text } from '../text/common-text.ts';
import { type ConfigReader, createConfigReader } from './config-reader.ts';
import { readGraphConfig } from './graph-config.ts';
import { complainOfUnused, renameFormerKeys } from './known-keys.ts';
import { readLinkPattern } from './link-pattern-config.ts';
import { lookbackSeconds } from './lookback.ts';
import { readMenu } from './menu-config.ts';
import { readTraceConfig } from './trace-config.ts';
import { readMonitorConfig } from './monitor-config.ts';
import { readQualityConfig } from './quality-config.ts';
import { readTrackingConfig } from './tracking-config.ts';
import {
  type Capabilities,
  DEFAULT_UI_CONFIG,
  LOOKBACKS,
  type SearchConfig,
  type UiConfig,
} from './ui-config.ts';

/** The element in which the query service leaves the configuration. */
const ELEMENT_ID = 'jaeger-config';
/** A limit that nobody means would only break the layout. */
const MAX_ID_LENGTH = 32;

/** A script of the deployer, where there is one, has left this. */
type UiConfigFunction = () => unknown;

/**
 * The configuration of the page. What is malformed in it gets its default and one complaint in the
 * console: a mistake in a file must not take the UI away from everyone.
 */
export function readUiConfig(page: Document, script: UiConfigFunction | undefined): UiConfig {
  const problems: string[] = [];
  const json = page.getElementById(ELEMENT_ID)?.textContent ?? '{}';
  const config = parseUiConfig(json, problems, script);
  if (problems.length > 0) {
    // eslint-disable-next-line no-console -- for whoever wrote the file; there is no other place
    console.warn(`The UI configuration has mistakes:\n${problems.join('\n')}`);
  }
  return config;
}

/** Adds a sentence to `problems` for each value that is not used. */
export function parseUiConfig(
  json: string,
  problems: string[],
  script?: UiConfigFunction,
): UiConfig {
  const reader = createConfigReader(parseJson(json, problems), '', problems);
  const written = script === undefined ? reader.value('config') : runScript(script, problems);
  const config = createConfigReader(renameFormerKeys(written ?? {}), 'config', problems);
  complainOfUnused(config);
  const capabilities = readCapabilities(reader.section('capabilities'));
  const themes = config.section('themes');
  const defaults = DEFAULT_UI_CONFIG;
  return {
    search: readSearch(config.section('search'), capabilities),
    trace: readTraceConfig(config),
    graphs: readGraphConfig(config),
    tracking: readTrackingConfig(config.section('tracking')),
    traceIdDisplayLength: config.count('traceIdDisplayLength', defaults.traceIdDisplayLength, {
      max: MAX_ID_LENGTH,
    }),
    topTagPrefixes: config.texts('topTagPrefixes') ?? defaults.topTagPrefixes,
    menu: readMenu(config.list('menu')),
    linkPatterns: config.list('linkPatterns').flatMap(readLinkPattern),
    criticalPathEnabled: config.flag('criticalPathEnabled', defaults.criticalPathEnabled),
    disableJsonView: config.flag('disableJsonView', defaults.disableJsonView),
    disableFileUpload: config.flag('disableFileUploadControl', defaults.disableFileUpload),
    themesEnabled: themes.flag('enabled', defaults.themesEnabled),
    terms: config.flag('useOpenTelemetryTerms', true) ? text.openTelemetryTerms : text.jaegerTerms,
    forbidNewPage: config.flag('forbidNewPage', defaults.forbidNewPage),
    monitor: readMonitorConfig(config.section('monitor')),
    qualityMetrics: readQualityConfig(config.section('qualityMetrics')),
    traceDiffHelpLink: readHelpLink(config.section('traceDiff')),
    capabilities,
    version: reader.section('version').text('gitVersion') ?? defaults.version,
  };
}

function readHelpLink(traceDiff: ConfigReader): string {
  const link = traceDiff.text('helpLink') ?? '';
  if (link === '' || isFollowable(link)) return link;
  traceDiff.refuse('helpLink', 'relative, or http, https or mailto');
  return '';
}

function readCapabilities(capabilities: ConfigReader): Capabilities {
  const defaults = DEFAULT_UI_CONFIG.capabilities;
  return {
    archiveStorage: capabilities.flag('archiveStorage', defaults.archiveStorage),
    metricsStorage: capabilities.flag('metricsStorage', defaults.metricsStorage),
    searchWithoutServiceName: capabilities.flag(
      'searchWithoutServiceName',
      defaults.searchWithoutServiceName,
    ),
    searchFilters: capabilities.flag('searchFilters', defaults.searchFilters),
  };
}

function runScript(script: UiConfigFunction, problems: string[]): unknown {
  try {
    return script();
  } catch (error) {
    problems.push(`UIConfig() failed: ${String(error)}`);
    return undefined;
  }
}

function parseJson(json: string, problems: string[]): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    problems.push(`it is not JSON: ${String(error)}`);
    return {};
  }
}

/** The longest lookback cuts the choices; it and the default are choices themselves. */
function readSearch(search: ConfigReader, capabilities: Capabilities): SearchConfig {
  const defaults = DEFAULT_UI_CONFIG.search;
  const longest = readLookback(search.section('maxLookback'), '4w');
  const longestSeconds = lookbackSeconds(longest) ?? Infinity;
  const chosen = readLookback(search.section('defaultLookback'), defaults.defaultLookback);
  const fits = (lookbackSeconds(chosen) ?? 0) <= longestSeconds;
  const defaultLookback = fits ? chosen : longest;
  const lookbacks = new Map(LOOKBACKS);
  for (const own of [longest, defaultLookback]) lookbacks.set(own, lookbackSeconds(own) ?? 0);
  const adjustEndTime = search.text('adjustEndTime') ?? '';
  const adjusts = lookbackSeconds(adjustEndTime) !== undefined;
  if (!adjusts && adjustEndTime !== '') search.refuse('adjustEndTime', 'a time such as "1m"');
  return {
    defaultLookback,
    lookbacks: new Map(
      [...lookbacks].filter(([, size]) => size <= longestSeconds).sort(([, a], [, b]) => a - b),
    ),
    maxLimit: search.count('maxLimit', defaults.maxLimit),
    adjustEndTime: adjusts ? adjustEndTime : defaults.adjustEndTime,
    withoutService: capabilities.searchWithoutServiceName,
    filters: capabilities.searchFilters,
  };
}

/** Of `{label, value}` the value counts; the words are the UI's own. */
function readLookback(lookback: ConfigReader, fallback: string): string {
  const value = lookback.text('value');
  if (value === undefined) return fallback;
  if (lookbackSeconds(value) !== undefined) return value;
  lookback.refuse('value', 'a time such as "2d"');
  return fallback;
}
