import { readFileSync } from 'node:fs';
import { imageConfig } from '../scripts/dockerfile.ts';

/** Of the container alone. */
const LEFT_OUT: ReadonlySet<string> = new Set(['PATH', 'JAEGER_LISTEN_HOST']);

/** What the image tells Node and the C library: a server is measured as its users get it. */
export function imageEnvironment(): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const pair of imageConfig(readFileSync('Dockerfile', 'utf8')).Env) {
    const [name = '', ...values] = pair.split('=');
    if (!LEFT_OUT.has(name)) environment[name] = values.join('=');
  }
  return environment;
}
