import { createHash } from 'node:crypto';

const LABEL_MAX = 63;

/**
 * A name every kind takes (a DNS label): other characters become `-`, and what is too long is cut
 * and told apart by a hash of the whole.
 */
export function dnsLabel(text: string): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  if (clean === text && clean.length <= LABEL_MAX) return clean;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const kept = clean.slice(0, LABEL_MAX - hash.length - 1).replace(/-+$/, '');
  return kept === '' ? `x${hash}` : `${kept}-${hash}`;
}

/** The name of every object of an instance. They are the same as Jaeger's operator gave them. */
export interface InstanceNames {
  readonly allInOne: string;
  readonly serviceAccount: string;
  readonly collectorService: string;
  readonly collectorHeadlessService: string;
  readonly queryService: string;
  readonly agentService: string;
  readonly agentDaemonSet: string;
  readonly ingress: string;
  readonly configuration: string;
  readonly samplingConfiguration: string;
  readonly uiConfiguration: string;
}

export function namesOf(instanceName: string): InstanceNames {
  const named = (suffix: string): string => dnsLabel(`${instanceName}${suffix}`);
  return {
    allInOne: named(''),
    serviceAccount: named(''),
    collectorService: named('-collector'),
    collectorHeadlessService: named('-collector-headless'),
    queryService: named('-query'),
    agentService: named('-agent'),
    agentDaemonSet: named('-agent-daemonset'),
    ingress: named('-query'),
    configuration: named('-configuration'),
    samplingConfiguration: named('-sampling-configuration'),
    uiConfiguration: named('-ui-configuration'),
  };
}
