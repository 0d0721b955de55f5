import { SPAN_KINDS } from '../../../model/span.ts';
import type { BrowserStore } from '../../browser-store.ts';

/** What the monitor shows. */
export interface MonitorView {
  /** '' while none is chosen. */
  readonly service: string;
  readonly spanKind: SpanKindChoice;
  readonly timeframeMs: number;
}

export type SpanKindChoice = (typeof SPAN_KIND_CHOICES)[number];

export const SPAN_KIND_CHOICES = SPAN_KINDS.filter((kind) => kind !== 'unspecified');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Jaeger's. */
export const TIMEFRAMES_MS: readonly number[] = [
  ...[5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS],
  ...[1, 2, 3, 6, 12, 24, 48].map((hours) => hours * HOUR_MS),
];
const STORE_KEY = 'jaeger-ui-monitor';

/** Jaeger's parameters; what the address does not say is as it was chosen last. */
export function readMonitorView(search: string, store: BrowserStore): MonitorView {
  const url = new URLSearchParams(search);
  const kept = new URLSearchParams(store.getItem(STORE_KEY) ?? '');
  const value = (name: string): string => url.get(name) ?? kept.get(name) ?? '';
  const timeframe = Number(value('timeframe'));
  return {
    service: value('service'),
    spanKind: SPAN_KIND_CHOICES.find((kind) => kind === value('spanKind')) ?? 'server',
    timeframeMs: TIMEFRAMES_MS.includes(timeframe) ? timeframe : HOUR_MS,
  };
}

export function monitorParameters({ service, spanKind, timeframeMs }: MonitorView): string {
  const timeframe = String(timeframeMs);
  return new URLSearchParams({ service, spanKind, timeframe }).toString();
}

export function keepMonitorView(view: MonitorView, store: BrowserStore): void {
  store.setItem(STORE_KEY, monitorParameters(view));
}
