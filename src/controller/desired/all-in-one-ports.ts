import { agentSidecarSettings, udpSettings } from '../../agent-sidecar/config.ts';
import { collectorRoleSettings, collectorSettings } from '../../collector/config.ts';
import { querySettings } from '../../query/config.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import { servedPort } from './served-port.ts';
import type { ServedPort } from './served-port.ts';

const { otlp } = collectorSettings;

/** Every port the all-in-one serves. Names are those Jaeger's operator gave them. */
export const ALL_IN_ONE_PORTS = [
  servedPort('zk-compact-trft', 'UDP', udpSettings.zipkinCompact.hostPort),
  servedPort('config-rest', 'TCP', agentSidecarSettings.http.hostPort),
  servedPort('jg-compact-trft', 'UDP', udpSettings.compact.hostPort),
  servedPort('jg-binary-trft', 'UDP', udpSettings.binary.hostPort),
  servedPort('zipkin', 'TCP', collectorSettings.zipkin.hostPort),
  servedPort('grpc', 'TCP', collectorSettings.jaegerGrpc.hostPort),
  servedPort('c-binary-trft', 'TCP', collectorSettings.thriftHttp.hostPort),
  servedPort('admin-http', 'TCP', collectorRoleSettings.admin),
  servedPort('query', 'TCP', querySettings.hostPort),
  servedPort('grpc-otlp', 'TCP', otlp.grpc.hostPort),
  servedPort('http-otlp', 'TCP', otlp.http.hostPort),
  servedPort('health', 'TCP', processSettings.healthHostPort),
] as const satisfies readonly ServedPort[];

export type PortName = (typeof ALL_IN_ONE_PORTS)[number]['name'];
