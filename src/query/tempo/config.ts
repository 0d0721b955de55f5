import { integerSetting, stringSetting } from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';

/** The HTTP API of Grafana Tempo, for Grafana's data source of that name. */
export const tempoSettings = {
  basePath: stringSetting({
    flag: 'query.tempo.base-path',
    description:
      'Path, below query.base-path, of the HTTP API of Grafana Tempo. Empty: it is not served.',
    default: '/tempo',
  }),
  maxTracesRead: integerSetting({
    flag: 'query.tempo.max-traces-read',
    description:
      'Traces one TraceQL search may read to find what it wants; the answer says when there may be more.',
    default: 2000,
    min: 1,
  }),
};

export type TempoConfig = ConfigOf<typeof tempoSettings>;
