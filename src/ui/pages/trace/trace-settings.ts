import { useState } from 'react';
import { browserStore } from '../../browser-store.ts';
import type { DetailPanel, TraceConfig } from '../../config/trace-config.ts';
import { useUiConfig } from '../../config/ui-config.ts';

/** How this reader looks at traces; kept in the browser. */
export interface TraceSettings {
  /** Without bars, names have all the room. */
  readonly bars: boolean;
  readonly detailPanel: DetailPanel;
}

const BARS_KEY = 'jaeger-ui-timeline-bars';
const DETAIL_KEY = 'jaeger-ui-span-detail';

export function useTraceSettings(): [TraceSettings, (change: Partial<TraceSettings>) => void] {
  const { trace } = useUiConfig();
  const [settings, setSettings] = useState(() => readSettings(trace));
  const change = (changed: Partial<TraceSettings>): void => {
    const next = { ...settings, ...changed };
    setSettings(next);
    browserStore().setItem(BARS_KEY, next.bars ? 'shown' : 'hidden');
    browserStore().setItem(DETAIL_KEY, next.detailPanel);
  };
  return [settings, change];
}

function readSettings({ detailPanel, sidePanelEnabled }: TraceConfig): TraceSettings {
  const kept = browserStore().getItem(DETAIL_KEY);
  const chosen = kept === 'inline' || kept === 'sidepanel' ? kept : detailPanel;
  return {
    bars: browserStore().getItem(BARS_KEY) !== 'hidden',
    detailPanel: sidePanelEnabled ? chosen : 'inline',
  };
}
