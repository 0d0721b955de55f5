import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what is downloaded, built or running for tests is kept between runs. */
export function cacheFolder(...path: string[]): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(base, 'jaeger-instance-operator', ...path);
}
