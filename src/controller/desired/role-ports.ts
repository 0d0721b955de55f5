import { agentSidecarSettings, udpSettings } from '../../agent-sidecar/config.ts';
import { collectorRoleSettings, collectorSettings } from '../../collector/config.ts';
import { queryRoleSettings, querySettings } from '../../query/config.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import { storageServerSettings } from '../../storage-server/config.ts';
import { servedPort } from './served-port.ts';
import type { ServedPort } from './served-port.ts';

const { otlp } = collectorSettings;

const AGENT = [
  servedPort('zk-compact-trft', 'UDP', udpSettings.zipkinCompact.hostPort),
  servedPort('config-rest', 'TCP', agentSidecarSettings.http.hostPort),
  servedPort('jg-compact-trft', 'UDP', udpSettings.compact.hostPort),
  servedPort('jg-binary-trft', 'UDP', udpSettings.binary.hostPort),
];
const RECEIVERS = [
  servedPort('zipkin', 'TCP', collectorSettings.zipkin.hostPort),
  servedPort('grpc', 'TCP', collectorSettings.jaegerGrpc.hostPort),
  servedPort('c-binary-trft', 'TCP', collectorSettings.thriftHttp.hostPort),
  servedPort('admin-http', 'TCP', collectorRoleSettings.admin),
];
const OTLP = [
  servedPort('grpc-otlp', 'TCP', otlp.grpc.hostPort),
  servedPort('http-otlp', 'TCP', otlp.http.hostPort),
];
const QUERY = [
  servedPort('grpc-query', 'TCP', querySettings.grpc.hostPort),
  servedPort('query', 'TCP', querySettings.hostPort),
];
const HEALTH = servedPort('health', 'TCP', processSettings.healthHostPort);

/** Every port a role serves in its pod. Names are those Jaeger's operator gave them. */
export const ROLE_PORTS = {
  'all-in-one': [...AGENT, ...RECEIVERS, ...QUERY, ...OTLP, HEALTH],
  collector: [...RECEIVERS, ...OTLP, HEALTH],
  query: [...QUERY, servedPort('admin-http', 'TCP', queryRoleSettings.admin), HEALTH],
  storage: [
    servedPort('grpc-storage', 'TCP', storageServerSettings.grpc.hostPort),
    servedPort('admin-http', 'TCP', storageServerSettings.admin),
    HEALTH,
  ],
} as const satisfies Readonly<Record<string, readonly ServedPort[]>>;

/** A role of an instance that runs in pods of its own. */
export type RoleName = keyof typeof ROLE_PORTS;
