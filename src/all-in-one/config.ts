import { agentSidecarSettings, udpSettings } from '../agent-sidecar/config.ts';
import { collectorProcessSettings } from '../collector/config.ts';
import { querySettings } from '../query/config.ts';
import { ratioSetting } from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';

/** What the collector as a process takes, the UDP and sampling ports of an agent, and the query. */
export const allInOneSettings = {
  ...collectorProcessSettings,
  sampling: {
    ...collectorProcessSettings.sampling,
    // As Jaeger's all-in-one does: somebody trying it out wants to see every trace.
    defaultProbability: ratioSetting({
      ...collectorProcessSettings.sampling.defaultProbability,
      default: 1,
    }),
  },
  udp: udpSettings,
  samplingHttp: {
    hostPort: agentSidecarSettings.http.hostPort,
  },
  query: querySettings,
};

export type AllInOneConfig = ConfigOf<typeof allInOneSettings>;
