import { durationSetting, integerSetting } from '../setting.ts';
import type { ConfigOf, Setting } from '../setting.ts';

/** What the clients of one gRPC server may take. */
// A type alias, because an interface is no SettingGroup.
type GrpcLimitSettings = Readonly<{
  connectionsMax: Setting<number>;
  streamsPerConnectionMax: Setting<number>;
  messageTimeoutMs: Setting<number>;
  connectionIdleMaxMs: Setting<number>;
  connectionAgeMaxMs: Setting<number>;
  connectionAgeGraceMs: Setting<number>;
  keepAliveMs: Setting<number>;
  keepAliveTimeoutMs: Setting<number>;
}>;

/** Flags with the names Jaeger v1 has below each gRPC server, and more of the kind. */
export function grpcLimitSettings(prefix: string): GrpcLimitSettings {
  return {
    connectionsMax: integerSetting({
      flag: `${prefix}.max-connections`,
      description: 'Connections open at once; more are closed at once.',
      default: 10_000,
      min: 1,
    }),
    streamsPerConnectionMax: integerSetting({
      flag: `${prefix}.max-concurrent-streams`,
      description: 'Calls under way at once on one connection; a client keeps more back.',
      default: 1000,
      min: 1,
    }),
    messageTimeoutMs: durationSetting({
      flag: `${prefix}.read-timeout`,
      description: 'How long the message of a call may take to arrive.',
      default: 30_000,
    }),
    connectionIdleMaxMs: durationSetting({
      flag: `${prefix}.max-connection-idle`,
      description: 'A connection without a call for so long is closed. 0: never.',
      default: 600_000,
    }),
    connectionAgeMaxMs: durationSetting({
      flag: `${prefix}.max-connection-age`,
      description:
        'A connection older than this is told to go, so that load spreads anew. 0: never.',
      default: 0,
    }),
    connectionAgeGraceMs: durationSetting({
      flag: `${prefix}.max-connection-age-grace`,
      description: 'How long calls of a connection that was told to go may last. 0: for ever.',
      default: 0,
    }),
    keepAliveMs: durationSetting({
      flag: `${prefix}.keepalive-time`,
      description: 'How often to look whether a client is still there. 0: never.',
      default: 120_000,
    }),
    keepAliveTimeoutMs: durationSetting({
      flag: `${prefix}.keepalive-timeout`,
      description: 'A client that does not answer for so long is gone.',
      default: 20_000,
    }),
  };
}

export type GrpcLimits = ConfigOf<GrpcLimitSettings>;

/** The limits of a server that has no flags for them. */
export const DEFAULT_GRPC_LIMITS: GrpcLimits = defaultsOf(grpcLimitSettings('grpc'));

function defaultsOf(settings: GrpcLimitSettings): GrpcLimits {
  return {
    connectionsMax: settings.connectionsMax.default,
    streamsPerConnectionMax: settings.streamsPerConnectionMax.default,
    messageTimeoutMs: settings.messageTimeoutMs.default,
    connectionIdleMaxMs: settings.connectionIdleMaxMs.default,
    connectionAgeMaxMs: settings.connectionAgeMaxMs.default,
    connectionAgeGraceMs: settings.connectionAgeGraceMs.default,
    keepAliveMs: settings.keepAliveMs.default,
    keepAliveTimeoutMs: settings.keepAliveTimeoutMs.default,
  };
}
