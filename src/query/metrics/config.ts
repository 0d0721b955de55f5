import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  listSetting,
  stringSetting,
} from '../../runtime/setting.ts';
import type { ConfigOf } from '../../runtime/setting.ts';
import { clientTlsSettings } from '../../runtime/tls-settings.ts';

/** Where metrics of spans are, which the UI's monitor shows. Names are Jaeger v1's. */
export const metricsSettings = {
  type: choiceSetting({
    flag: 'metrics-storage.type',
    description: 'Kind of store that has metrics computed from spans. none: they are not shown.',
    default: 'none',
    choices: ['none', 'prometheus'],
  }),
  serverUrl: stringSetting({
    flag: 'prometheus.server-url',
    description: "URL of Prometheus, or of a store with Prometheus's query API.",
    default: 'http://localhost:9090',
  }),
  connectTimeoutMs: durationSetting({
    flag: 'prometheus.connect-timeout',
    description: 'How long a connection to it may take to come about.',
    default: 30_000,
  }),
  tokenFile: stringSetting({
    flag: 'prometheus.token-file',
    description: 'File with a bearer token for it; it is read again for every question.',
    default: '',
  }),
  tokenOverride: booleanSetting({
    flag: 'prometheus.token-override-from-context',
    description:
      "Whether a client's own token goes before that of the file; see query.bearer-token-propagation.",
    default: true,
  }),
  extraQueryParams: listSetting({
    flag: 'prometheus.query.extra-query-params',
    description: 'Parameters (name=value) added to every question.',
    default: [],
  }),
  namespace: stringSetting({
    flag: 'prometheus.query.namespace',
    description: 'What the names of the metrics start with, such as traces_span_metrics.',
    default: '',
  }),
  supportConnector: booleanSetting({
    flag: 'prometheus.query.support-spanmetrics-connector',
    description:
      "Whether the metrics are those of OpenTelemetry's spanmetrics connector; else of the older processor.",
    default: true,
  }),
  normalizeCalls: booleanSetting({
    flag: 'prometheus.query.normalize-calls',
    description: 'Whether the metric of calls ends in _total.',
    default: false,
  }),
  normalizeDuration: booleanSetting({
    flag: 'prometheus.query.normalize-duration',
    description: 'Whether the metric of durations ends in its unit.',
    default: false,
  }),
  durationUnit: choiceSetting({
    flag: 'prometheus.query.duration-unit',
    description: 'Unit of the metric of durations.',
    default: 'ms',
    choices: ['ms', 's'],
  }),
  tls: clientTlsSettings('prometheus', 'the metrics store'),
};

export type MetricsConfig = ConfigOf<typeof metricsSettings>;
