import { listSetting } from '../runtime/setting.ts';
import type { Setting } from '../runtime/setting.ts';

// A type alias, because an interface is no SettingGroup.
type CorsSettings = Readonly<{
  corsAllowedOrigins: Setting<readonly string[]>;
  corsAllowedHeaders: Setting<readonly string[]>;
}>;

/** With a scheme, as browsers send it, and without a path; one `*` stands for any text. */
const ORIGIN = /^(?!.*\*.*\*)(\*(:\/\/)?[^\s/]*|[a-z][\w+.*-]*:\/\/[^\s/]+)$/i;

/** Which pages may send spans to one HTTP port. Names are Jaeger v1's. */
export function corsSettings(prefix: string): CorsSettings {
  return {
    corsAllowedOrigins: listSetting({
      flag: `${prefix}.cors.allowed-origins`,
      description: 'Origins whose pages may send spans, or * for any; none turns CORS off.',
      default: [],
      items: {
        allowed: 'origins such as https://shop.example, https://*.shop.example or *',
        pattern: ORIGIN,
      },
    }),
    corsAllowedHeaders: listSetting({
      flag: `${prefix}.cors.allowed-headers`,
      description: 'Request headers such pages may set.',
      default: [],
    }),
  };
}
