import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';

/** What `reporter.grpc.tls` is by default. */
export const WITHOUT_TLS: ReporterConfig['tls'] = {
  enabled: false,
  ca: '',
  cert: '',
  key: '',
  serverName: '',
  skipHostVerify: false,
  reloadIntervalMs: 0,
};
