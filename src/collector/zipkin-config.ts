import { booleanSetting, bytesSetting, hostPortSetting } from '../runtime/setting.ts';
import type { HostPort, Setting, SettingGroup } from '../runtime/setting.ts';
import { corsSettings } from './cors-config.ts';

// A type alias, because an interface is no SettingGroup.
type ZipkinSettings = Readonly<{
  enabled: Setting<boolean>;
  hostPort: Setting<HostPort>;
  maxBodySize: Setting<number>;
  keepAlive: Setting<boolean>;
}> &
  ReturnType<typeof corsSettings>;

/** Zipkin's port. Names are Jaeger v1's where it has the setting; `limits` are those of any server. */
export function zipkinSettings<L extends SettingGroup>(limits: L): ZipkinSettings & L {
  return {
    enabled: booleanSetting({
      flag: 'collector.zipkin.enabled',
      description: 'Whether to take Zipkin spans.',
      default: true,
    }),
    hostPort: hostPortSetting({
      flag: 'collector.zipkin.host-port',
      description: 'Address of Zipkin v1 and v2 over HTTP.',
      default: ':9411',
    }),
    maxBodySize: bytesSetting({
      flag: 'collector.zipkin.max-body-size',
      description:
        'Largest body, before and after inflating it (beyond 4 MiB to 250 times its size at most).',
      default: 64 * 2 ** 20,
      min: 1,
    }),
    ...limits,
    keepAlive: booleanSetting({
      flag: 'collector.zipkin.keep-alive',
      description: 'Whether a connection may be used for more than one request.',
      default: true,
    }),
    ...corsSettings('collector.zipkin'),
  };
}
