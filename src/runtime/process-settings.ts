import { logSettings } from './logger.ts';
import { durationSetting, hostPortSetting, stringSetting } from './setting.ts';
import type { ConfigOf } from './setting.ts';

/** What every server process takes beside its role's own settings. */
export const processSettings = {
  log: logSettings,
  listenHost: stringSetting({
    flag: 'listen-host',
    env: 'JAEGER_LISTEN_HOST',
    default: '127.0.0.1',
    description: 'Host for every address given as :port. Use 0.0.0.0 in a container.',
  }),
  healthHostPort: hostPortSetting({
    flag: 'health.http.host-port',
    default: ':13133',
    description: 'Address of /status and /metrics.',
  }),
  shutdownTimeoutMs: durationSetting({
    flag: 'shutdown-timeout',
    default: 20_000,
    description: 'After a first signal, how long to finish accepted work before giving up.',
  }),
};

export type ProcessConfig = ConfigOf<typeof processSettings>;
