import { portOwner } from '../../local/port-owner.ts';
import { ListenError } from '../../runtime/listen.ts';
import type { ListedSetting } from '../../runtime/resolve-config.ts';

/**
 * Adds to the error of an address in use who has it, when that can be found out, and the flag that
 * moves it. Any other error comes back as it is.
 * @param effectiveValues the settings by flag, as --print-config shows them; asked only when needed
 */
export async function withListenHint(
  error: unknown,
  settings: readonly ListedSetting[],
  effectiveValues: () => ReadonlyMap<string, string>,
): Promise<unknown> {
  if (!(error instanceof ListenError) || error.code !== 'EADDRINUSE') return error;
  const { port } = error.hostPort;
  const values = effectiveValues();
  const owner = (await portOwner(port, 'tcp')) ?? (await portOwner(port, 'udp'));
  const by = owner === undefined ? '' : ` by pid ${owner.pid} (${owner.command})`;
  const flag = settings
    .map(({ setting }) => setting.flag)
    .find((name) => name.endsWith('host-port') && values.get(name)?.endsWith(`:${port}`) === true);
  const advice = flag === undefined ? '' : `; choose another with --${flag}`;
  return new Error(`${error.message}${by}${advice}`);
}
