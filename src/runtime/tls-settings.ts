import { booleanSetting, choiceSetting, durationSetting, stringSetting } from './setting.ts';
import type { ConfigOf, Setting } from './setting.ts';

// A type alias, because an interface is no SettingGroup.
type ServerTlsSettings = Readonly<{
  enabled: Setting<boolean>;
  cert: Setting<string>;
  key: Setting<string>;
  clientCa: Setting<string>;
  minVersion: Setting<'1.2' | '1.3'>;
  reloadIntervalMs: Setting<number>;
}>;

/** TLS of one listening address, with the names Jaeger v1 has for it below each server. */
export function serverTlsSettings(prefix: string): ServerTlsSettings {
  return {
    enabled: booleanSetting({
      flag: `${prefix}.tls.enabled`,
      description: 'Whether clients must speak TLS.',
      default: false,
    }),
    ...ownCertificateSettings(prefix),
    clientCa: stringSetting({
      flag: `${prefix}.tls.client-ca`,
      description:
        'PEM file of the authorities whose clients are let in. Empty: no certificate is asked for.',
      default: '',
    }),
    minVersion: choiceSetting({
      flag: `${prefix}.tls.min-version`,
      description: 'Oldest version of TLS to speak.',
      default: '1.2',
      choices: ['1.2', '1.3'],
    }),
    reloadIntervalMs: durationSetting({
      flag: `${prefix}.tls.reload-interval`,
      description: 'How often to look for changed files; open connections stay as they are.',
      default: 30_000,
    }),
  };
}

export type ServerTlsConfig = ConfigOf<ServerTlsSettings>;

type ClientTlsSettings = Readonly<{
  enabled: Setting<boolean>;
  ca: Setting<string>;
  cert: Setting<string>;
  key: Setting<string>;
  serverName: Setting<string>;
  skipHostVerify: Setting<boolean>;
  reloadIntervalMs: Setting<number>;
}>;

/** TLS towards `server`, such as `a collector`, with the names Jaeger v1 has for it. */
export function clientTlsSettings(prefix: string, server: string): ClientTlsSettings {
  return {
    enabled: booleanSetting({
      flag: `${prefix}.tls.enabled`,
      description: `Whether to speak TLS to ${server}.`,
      default: false,
    }),
    ca: stringSetting({
      flag: `${prefix}.tls.ca`,
      description: 'PEM file of the authorities to trust. Empty: those of the system.',
      default: '',
    }),
    ...ownCertificateSettings(prefix),
    serverName: stringSetting({
      flag: `${prefix}.tls.server-name`,
      description: `Name to expect in the certificate of ${server}. Empty: the host.`,
      default: '',
    }),
    skipHostVerify: booleanSetting({
      flag: `${prefix}.tls.skip-host-verify`,
      description: `Whether to take any certificate of ${server}: for tests only.`,
      default: false,
    }),
    reloadIntervalMs: durationSetting({
      flag: `${prefix}.tls.reload-interval`,
      description: 'How often to look for changed files; they are used for new connections.',
      default: 30_000,
    }),
  };
}

export type ClientTlsConfig = ConfigOf<ClientTlsSettings>;

/** What either side shows to the other. */
function ownCertificateSettings(
  prefix: string,
): Readonly<{ cert: Setting<string>; key: Setting<string> }> {
  return {
    cert: stringSetting({
      flag: `${prefix}.tls.cert`,
      description: 'PEM file of the certificate to show.',
      default: '',
    }),
    key: stringSetting({
      flag: `${prefix}.tls.key`,
      description: 'PEM file of the key of that certificate.',
      default: '',
    }),
  };
}
