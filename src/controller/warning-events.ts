import { jsonText } from '../runtime/json-object.ts';
import { steady } from './api/pod-problem.ts';
import { KubeApiError } from './kube/kube-api.ts';
import type { KubeApi } from './kube/kube-api.ts';
import type { KubeObject, ResourceKind } from './kube-object.ts';

const EVENT: ResourceKind = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/**
 * What goes wrong is told again every few minutes, and kept for an hour: older news are of a pod that
 * had the name before, or of trouble that is over. Wide enough for clocks that differ.
 */
const CURRENT_MS = 600_000;
/** An object has a handful; more are not worth the reading. */
const EVENTS_MAX = 100;

export interface EventsAbout {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** What others in the cluster say of an object, asked for while somebody waits for it. */
export interface WarningEvents {
  /**
   * The newest event of the last minutes with one of the reasons, as `Reason, note`: without times and ids, so that it
   * stays the same while it is the same.
   */
  newest(
    about: EventsAbout,
    reasons: readonly string[],
    signal: AbortSignal,
  ): Promise<string | undefined>;
}

export function createWarningEvents(api: Pick<KubeApi, 'list'>, now: () => number): WarningEvents {
  return {
    newest: async ({ namespace, kind, name }, reasons, signal) => {
      const fieldSelector = `regarding.kind=${kind},regarding.name=${name}`;
      const options = { namespace, fieldSelector, limit: EVENTS_MAX };
      const events = await listed(api, options, signal);
      const newest = events
        .filter((event) => reasons.includes(jsonText(event['reason']) ?? ''))
        .filter((event) => now() - Date.parse(timeOf(event)) < CURRENT_MS)
        .toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))[0];
      if (newest === undefined) return undefined;
      const note = steady(jsonText(newest['note']) ?? '');
      return `${jsonText(newest['reason']) ?? ''}${note === '' ? '' : `, ${note}`}`;
    },
  };
}

/** Without the right to read events an instance is looked after all the same. */
async function listed(
  api: Pick<KubeApi, 'list'>,
  options: { readonly namespace: string; readonly fieldSelector: string; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(EVENT, options, signal)).items;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return [];
    throw error;
  }
}

/** Its last repetition, in whichever field the one who told it has written that down; RFC 3339. */
function timeOf(event: KubeObject): string {
  const series = event['series'];
  const last =
    typeof series === 'object' && series !== null && 'lastObservedTime' in series
      ? jsonText(series.lastObservedTime)
      : undefined;
  const { creationTimestamp = '' } = event.metadata;
  return last ?? jsonText(event['deprecatedLastTimestamp']) ?? creationTimestamp;
}
