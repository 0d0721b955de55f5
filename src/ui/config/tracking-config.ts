import type { ConfigReader } from './config-reader.ts';

export interface TrackingConfig {
  readonly trackErrors: boolean;
  /** Made when the page starts, from its configuration and versions. */
  readonly customWebAnalytics: ((...about: unknown[]) => unknown) | undefined;
}

export const DEFAULT_TRACKING_CONFIG: TrackingConfig = {
  trackErrors: true,
  customWebAnalytics: undefined,
};

/** Jaeger's section `tracking`. Nothing is told to anybody but such a script. */
export function readTrackingConfig(tracking: ConfigReader): TrackingConfig {
  if (tracking.has('gaID')) {
    tracking.ignore('gaID', 'no visit is told to another company; customWebAnalytics can be told');
  }
  return {
    trackErrors: tracking.flag('trackErrors', DEFAULT_TRACKING_CONFIG.trackErrors),
    customWebAnalytics: tracking.call('customWebAnalytics'),
  };
}
