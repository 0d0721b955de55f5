import { createHash } from 'node:crypto';
import type { UiConfigJson } from './api/ui-config-json.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** What Jaeger's own UI gets told. */
export interface JaegerPageValues {
  readonly config: UiConfigJson['config'];
  /** Source with a function UIConfig(); '' for none. */
  readonly script: string;
  readonly version: string;
  readonly capabilities: UiConfigJson['capabilities'];
}

/** The statements that Jaeger's query service completes in the index.html of Jaeger's UI. */
const CONFIG = /JAEGER_CONFIG *= *DEFAULT_CONFIG;/;
/** The comment and the line behind it. */
const CONFIG_JS = /^\s*\/\/\s*JAEGER_CONFIG_JS.*\n.*/im;
const VERSION = /JAEGER_VERSION *= *DEFAULT_VERSION;/;
/** The second name is that of releases before 2.19. */
const CAPABILITIES = [
  /JAEGER_BACKEND_CAPABILITIES *= *DEFAULT_BACKEND_CAPABILITIES;/,
  /JAEGER_STORAGE_CAPABILITIES *= *DEFAULT_STORAGE_CAPABILITIES;/,
];

/** Whether this is the page of a build of Jaeger's UI, and not of the one that comes with this program. */
export function isJaegerPage(html: string): boolean {
  return CONFIG.test(html);
}

/** That page with its statements completed, as Jaeger's query service does it. */
export function completeJaegerPage(html: string, values: JaegerPageValues): string {
  const { config, script, version } = values;
  const capabilities = scriptJson({ ...values.capabilities, aiAssistant: false });
  let page = script === '' ? html : html.replace(CONFIG_JS, () => `\n${script}\n`);
  if (Object.keys(config).length > 0) {
    page = page.replace(CONFIG, () => `JAEGER_CONFIG = ${scriptJson(config)};`);
  }
  const shown = scriptJson({ gitCommit: '', gitVersion: version, buildDate: '' });
  page = page.replace(VERSION, () => `JAEGER_VERSION = ${shown};`);
  for (const pattern of CAPABILITIES) {
    page = page.replace(pattern, (text) => `${text.split('=', 1)[0] ?? ''}= ${capabilities};`);
  }
  return page;
}

/** JSON that cannot end the script it is in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/**
 * The policy for that page: its own inline scripts run, by their hashes, and no others. Jaeger's UI makes
 * style elements, data: images and workers of blobs by itself.
 */
export function jaegerPagePolicy(html: string): string {
  const hashes = Array.from(html.matchAll(INLINE_SCRIPT), ([, source = '']) => {
    // As a browser reads it: line ends are line feeds.
    const text = source.replace(/\r\n?/g, '\n');
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  });
  const scripts = ["script-src 'self'", ...hashes].join(' ');
  const more = "style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:";
  return `${SECURITY_HEADERS['content-security-policy']}; ${scripts}; ${more}`;
}

/** One that is no file. */
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi;
