import type { TrackingConfig } from './config/tracking-config.ts';

/** What the deployer's own script wants to be told; Jaeger calls it custom web analytics. */
interface WebAnalytics {
  readonly init?: () => void;
  readonly trackPageView?: (path: string, search: string | null) => void;
  readonly trackError?: (description: string) => void;
}

export interface Tracking {
  readonly pageView: (path: string, search: string) => void;
  readonly error: (error: Error) => void;
}

/**
 * Tells the deployer's own script which pages are opened and what fails. Without one, nothing is
 * told to anybody. What fails in it is said in the console and stops nothing.
 */
export function createTracking(config: TrackingConfig, version: string): Tracking {
  const { customWebAnalytics, trackErrors } = config;
  const analytics = attempt(() => customWebAnalytics?.(config, version, version));
  const told: WebAnalytics = isObject(analytics) ? analytics : {};
  attempt(() => told.init?.());
  return {
    pageView: (path, search) => {
      attempt(() => told.trackPageView?.(`/${path}`, search === '' ? null : search));
    },
    error: ({ message }) => {
      if (trackErrors) attempt(() => told.trackError?.(message));
    },
  };
}

function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    // eslint-disable-next-line no-console -- for whoever wrote the script; there is no other place
    console.warn('customWebAnalytics failed:', error);
    return undefined;
  }
}

/** Of the functions in it nothing is known: a call that fails is caught. */
function isObject(value: unknown): value is WebAnalytics {
  return typeof value === 'object' && value !== null;
}
