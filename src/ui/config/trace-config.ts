import type { ConfigReader } from './config-reader.ts';

/** Where the details of a span are shown. */
export type DetailPanel = 'inline' | 'sidepanel';

/** What the page of a trace may offer, and how it starts. */
export interface TraceConfig {
  /** Kept for good on request; the storage must be able to as well. */
  readonly archiveEnabled: boolean;
  /** Readers may have details beside the timeline. */
  readonly sidePanelEnabled: boolean;
  /** Until a reader has chosen. */
  readonly detailPanel: DetailPanel;
  readonly spanPillsEnabled: boolean;
}

export const DEFAULT_TRACE_CONFIG: TraceConfig = {
  archiveEnabled: true,
  sidePanelEnabled: true,
  detailPanel: 'inline',
  spanPillsEnabled: true,
};

/** From the outermost section, where Jaeger has these keys. */
export function readTraceConfig(config: ConfigReader): TraceConfig {
  const defaults = DEFAULT_TRACE_CONFIG;
  const timeline = config.section('traceTimeline');
  const sidePanelEnabled = timeline.flag('enableSidePanel', defaults.sidePanelEnabled);
  const detailPanel = timeline.text('defaultDetailPanelMode') ?? defaults.detailPanel;
  const isKnown = detailPanel === 'inline' || detailPanel === 'sidepanel';
  if (!isKnown) timeline.refuse('defaultDetailPanelMode', '"inline" or "sidepanel"');
  return {
    archiveEnabled: config.flag('archiveEnabled', defaults.archiveEnabled),
    sidePanelEnabled,
    detailPanel: isKnown && sidePanelEnabled ? detailPanel : defaults.detailPanel,
    spanPillsEnabled: timeline.flag('spanPillsEnabled', defaults.spanPillsEnabled),
  };
}
