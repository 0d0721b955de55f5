import { createHash } from 'node:crypto';

const LABEL_MAX = 63;
/** The pods of a StatefulSet have its name and a hash of ten characters in one label. */
const STATEFUL_SET_MAX = 52;

/**
 * A name every kind takes (a DNS label): other characters become `-`, and what is too long is cut
 * and told apart by a hash of the whole.
 */
export function dnsLabel(text: string, max = LABEL_MAX): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  if (clean === text && clean.length <= max) return clean;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const kept = clean.slice(0, max - hash.length - 1).replace(/-+$/, '');
  return kept === '' ? `x${hash}` : `${kept}-${hash}`;
}

/** The name of every object of an instance. They are the same as Jaeger's operator gave them. */
export interface InstanceNames {
  readonly allInOne: string;
  readonly allInOneStatefulSet: string;
  readonly collector: string;
  readonly query: string;
  readonly storage: string;
  readonly storageService: string;
  readonly storageHeadlessService: string;
  readonly serviceAccount: string;
  readonly collectorService: string;
  readonly collectorHeadlessService: string;
  readonly queryService: string;
  readonly agentService: string;
  readonly agentDaemonSet: string;
  readonly ingress: string;
  readonly configuration: string;
  readonly collectorConfiguration: string;
  readonly queryConfiguration: string;
  readonly storageConfiguration: string;
  readonly samplingConfiguration: string;
  readonly uiConfiguration: string;
}

export function namesOf(instanceName: string): InstanceNames {
  const named = (suffix: string, max?: number): string => dnsLabel(`${instanceName}${suffix}`, max);
  return {
    allInOne: named(''),
    allInOneStatefulSet: named('', STATEFUL_SET_MAX),
    collector: named('-collector'),
    query: named('-query'),
    storage: named('-storage', STATEFUL_SET_MAX),
    storageService: named('-storage'),
    storageHeadlessService: named('-storage-headless'),
    serviceAccount: named(''),
    collectorService: named('-collector'),
    collectorHeadlessService: named('-collector-headless'),
    queryService: named('-query'),
    agentService: named('-agent'),
    agentDaemonSet: named('-agent-daemonset'),
    ingress: named('-query'),
    configuration: named('-configuration'),
    collectorConfiguration: named('-collector-configuration'),
    queryConfiguration: named('-query-configuration'),
    storageConfiguration: named('-storage-configuration'),
    samplingConfiguration: named('-sampling-configuration'),
    uiConfiguration: named('-ui-configuration'),
  };
}
