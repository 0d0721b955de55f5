import { isAbsolute, join } from 'node:path';
import type { Environment } from '../runtime/env.ts';

/**
 * Where traces are kept between runs when nobody says where: what should outlive a restart and is no
 * document. A relative XDG_STATE_HOME counts as none, as its specification says.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultDataDir({ XDG_STATE_HOME }: Environment, home: string): string {
  const isGiven = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME);
  return join(isGiven ? XDG_STATE_HOME : join(home, '.local', 'state'), 'jaegerctl');
}
