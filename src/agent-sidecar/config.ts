import {
  booleanSetting,
  bytesSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
  stringSetting,
} from '../runtime/setting.ts';
import type { ConfigOf, HostPort, Setting } from '../runtime/setting.ts';
import { clientTlsSettings, serverTlsSettings } from '../runtime/tls-settings.ts';
import { collectorPortSettings, samplingGrpcSettings } from './receivers-config.ts';

/** The settings jaeger-agent has for each of its UDP ports. */
// A type alias, because an interface is no SettingGroup.
type UdpPortSettings = Readonly<{
  hostPort: Setting<HostPort>;
  queueSize: Setting<number>;
  maxPacketSize: Setting<number>;
  socketBufferSize: Setting<number>;
  workers: Setting<number>;
  threads: Setting<number>;
}>;

function udpPort(processor: string, hostPort: string, what: string): UdpPortSettings {
  return {
    hostPort: hostPortSetting({
      flag: `processor.${processor}.server-host-port`,
      default: hostPort,
      description: `UDP address of ${what}.`,
    }),
    queueSize: integerSetting({
      flag: `processor.${processor}.server-queue-size`,
      default: 1000,
      min: 1,
      description: `Packets of ${what} that may wait; more are dropped.`,
    }),
    maxPacketSize: bytesSetting({
      flag: `processor.${processor}.server-max-packet-size`,
      default: 65_000,
      min: 1,
      description: `Largest packet of ${what}; larger ones are dropped.`,
    }),
    socketBufferSize: bytesSetting({
      flag: `processor.${processor}.server-socket-buffer-size`,
      default: 0,
      description: `Kernel buffer for ${what}. 0: the largest the system gives.`,
    }),
    workers: integerSetting({
      flag: `processor.${processor}.workers`,
      default: 10,
      min: 1,
      description: `Batches of ${what} that may be on their way at once.`,
    }),
    threads: integerSetting({
      flag: `processor.${processor}.threads`,
      default: 0,
      min: 0,
      max: 64,
      description: `Threads that read and decode ${what}, each with a socket of its own; worth it from two cores on. 0: the main thread does.`,
    }),
  };
}

/** The UDP ports; all-in-one opens the same. */
export const udpSettings = {
  compact: udpPort('jaeger-compact', ':6831', 'Jaeger thrift, compact'),
  binary: udpPort('jaeger-binary', ':6832', 'Jaeger thrift, binary'),
  zipkinCompact: udpPort('zipkin-compact', ':5775', 'thrift of old clients, compact'),
};

export type UdpConfig = ConfigOf<typeof udpSettings>;

const reporterSettings = {
  hostPort: stringSetting({
    flag: 'reporter.grpc.host-port',
    default: '',
    description:
      'Collectors to send to over OTLP/gRPC, taken in turn: host:port or dns:///host:port for every address of a name; several separated by commas.',
  }),
  peers: integerSetting({
    flag: 'reporter.grpc.discovery.min-peers',
    default: 3,
    min: 1,
    max: 100,
    description:
      'Collectors to be connected to at once, of all that the names have; another replaces one that fails.',
  }),
  retryMax: integerSetting({
    flag: 'reporter.grpc.retry.max',
    default: 0,
    min: 0,
    description: 'Most retries of a batch. 0: as many as reporter.retry.max-elapsed has room for.',
  }),
  retryMaxElapsedMs: durationSetting({
    flag: 'reporter.retry.max-elapsed',
    default: 300_000,
    description: 'A batch that could not be sent for so long is dropped.',
  }),
  requestTimeoutMs: durationSetting({
    flag: 'reporter.request-timeout',
    default: 10_000,
    description: 'How long one attempt may take.',
  }),
  concurrency: integerSetting({
    flag: 'reporter.concurrency',
    default: 4,
    min: 1,
    max: 100,
    description: 'Requests to collectors at once.',
  }),
  queueBatches: integerSetting({
    flag: 'reporter.queue.batches',
    default: 10_000,
    min: 1,
    description: 'Batches that may wait for a collector; more are refused.',
  }),
  queueBytes: bytesSetting({
    flag: 'reporter.queue.bytes',
    default: 16 * 2 ** 20,
    min: 1,
    description: 'Memory for batches that wait for a collector; more are refused.',
  }),
  drainTimeoutMs: durationSetting({
    flag: 'reporter.drain-timeout',
    default: 10_000,
    description: 'When stopping, how long to go on sending before the rest is dropped.',
  }),
  tenant: stringSetting({
    flag: 'reporter.tenant',
    default: '',
    description: 'Tenant whose spans these are, for collectors that tell tenants apart.',
  }),
  tenantHeader: stringSetting({
    flag: 'reporter.tenant-header',
    default: 'x-tenant',
    description: 'Metadata that names the tenant; multi-tenancy.header of the collectors.',
  }),
  tls: clientTlsSettings('reporter.grpc', 'a collector'),
};

export type ReporterConfig = ConfigOf<typeof reporterSettings>;

/** Everything the agent-sidecar role can be told. Names are those of jaeger-agent where it has them. */
export const agentSidecarSettings = {
  udp: udpSettings,
  reporter: reporterSettings,
  tags: listSetting({
    flag: 'agent.tags',
    default: [],
    description:
      'Tags (key=value, key=${ENVIRONMENT_NAME:default}) for the process of every span that does not have the key.',
  }),
  legacyTags: listSetting({
    flag: 'jaeger.tags',
    default: [],
    description: 'The former name of agent.tags.',
  }),
  otlp: {
    enabled: booleanSetting({
      flag: 'otlp.enabled',
      default: true,
      description: 'Whether to take OTLP.',
    }),
    grpcHostPort: hostPortSetting({
      flag: 'otlp.grpc.host-port',
      default: ':4317',
      description: 'Address of OTLP over gRPC.',
    }),
    httpHostPort: hostPortSetting({
      flag: 'otlp.http.host-port',
      default: ':4318',
      description: 'Address of OTLP over HTTP.',
    }),
    maxMessageSize: bytesSetting({
      flag: 'otlp.max-message-size',
      default: 4 * 2 ** 20,
      min: 1,
      description:
        'Largest OTLP message, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
    }),
    grpcTls: serverTlsSettings('otlp.grpc'),
    httpTls: serverTlsSettings('otlp.http'),
  },
  maxBytesInFlight: bytesSetting({
    flag: 'agent.max-bytes-in-flight',
    default: 16 * 2 ** 20,
    min: 1,
    description:
      'Memory for requests being read, beside that of the queue; more wait, then are refused, to be sent again.',
  }),
  maxServiceNames: integerSetting({
    flag: 'agent.max-service-metrics',
    default: 100,
    min: 1,
    description: 'Services with metric series of their own; the others count as other-services.',
  }),
  collectorPorts: collectorPortSettings,
  samplingGrpc: samplingGrpcSettings,
  http: {
    hostPort: hostPortSetting({
      flag: 'http-server.host-port',
      default: ':5778',
      description: 'Address where clients ask for sampling strategies.',
    }),
    samplingEndpoint: stringSetting({
      flag: 'http-server.sampling-endpoint',
      default: '',
      description:
        'Who knows the strategies: http(s)://host:port/path, or grpc://host:port with the TLS of reporter.grpc. Empty: http://<first collector>:14268/api/sampling.',
    }),
    cachedServices: integerSetting({
      flag: 'http-server.sampling-cache',
      default: 1000,
      min: 0,
      description: 'Services whose last strategy is kept for when collectors are away.',
    }),
  },
  admin: hostPortSetting({
    flag: 'admin.http.host-port',
    default: ':14271',
    description: 'Address of health and metrics, as jaeger-agent has it.',
  }),
};

export type AgentSidecarConfig = ConfigOf<typeof agentSidecarSettings>;
