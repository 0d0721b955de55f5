import { listSettings } from '../../../src/runtime/resolve-config.ts';
import type { Role } from '../../../src/runtime/role.ts';
import { settingsOfRole, startRole } from '../../../src/runtime/run-role.ts';
import type { SettingGroup } from '../../../src/runtime/setting.ts';

/** A role of ours in this process, until it is disposed of. */
export interface StartedRole extends AsyncDisposable {
  portOf(name: string): number;
}

export async function startOnFreePorts<G extends SettingGroup>(
  role: Role<G>,
  flags: Readonly<Record<string, string>>,
): Promise<StartedRole> {
  const ports = listSettings(settingsOfRole(role))
    .filter(({ setting }) => setting.flag.endsWith('host-port'))
    .map(({ setting }): [string, string] => [setting.flag, ':0']);
  const started = await startRole(role, {
    flags: new Map([...ports, ['log-level', 'silent'], ...Object.entries(flags)]),
    env: {},
    file: null,
    fileName: '',
  });
  return {
    portOf: (name) => {
      const found = started.addresses.find((address) => address.name === name);
      if (found === undefined) throw new Error(`the role has no ${name}`);
      return found.port;
    },
    [Symbol.asyncDispose]: () => started.stop(),
  };
}
