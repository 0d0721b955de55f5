import { udpSettings } from '../agent-sidecar/config.ts';
import { collectorSettings } from '../collector/config.ts';
import { querySettings } from '../query/config.ts';
import { hostPortSetting, ratioSetting } from '../runtime/setting.ts';
import { samplingSettings } from '../sampling/config.ts';
import { storageSettings } from '../storage/config.ts';

/** Everything the all-in-one role can be told: what its parts can, under the same names. */
export const allInOneSettings = {
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    description: 'Address of health and metrics, where Jaeger v1 has them.',
    default: ':14269',
  }),
  storage: storageSettings,
  collector: collectorSettings,
  udp: udpSettings,
  sampling: {
    ...samplingSettings,
    // As the all-in-one of Jaeger does: somebody trying it out wants to see every trace.
    defaultProbability: ratioSetting({
      ...samplingSettings.defaultProbability,
      default: 1,
    }),
  },
  samplingHostPort: hostPortSetting({
    flag: 'http-server.host-port',
    description: 'Address where clients ask for sampling strategies, as they ask an agent.',
    default: ':5778',
  }),
  query: querySettings,
};
