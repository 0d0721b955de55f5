import { agentSidecarSettings } from '../../agent-sidecar/config.ts';
import { allInOneSettings } from '../../all-in-one/config.ts';
import { collectorRoleSettings } from '../../collector/config.ts';
import { queryRoleSettings } from '../../query/config.ts';
import { processSettings } from '../../runtime/process-settings.ts';
import { listSettings } from '../../runtime/resolve-config.ts';
import type { SettingGroup } from '../../runtime/setting.ts';
import { storageServerSettings } from '../../storage-server/config.ts';
import { storageSettings } from '../../storage/config.ts';
import { flattenOptions } from './options.ts';
import type { Problem } from './problem.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

interface OptionMap {
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>> | undefined;
  readonly settings: SettingGroup;
}

const ofRole = (role: SettingGroup): SettingGroup => ({ process: processSettings, role });

/** Options a process would refuse at its start are refused where they are written. */
export function optionProblems(spec: JaegerInstanceSpec): readonly Problem[] {
  const maps: readonly OptionMap[] = [
    { path: 'spec.storage.options', options: spec.storage?.options, settings: storageSettings },
    {
      path: 'spec.storage.embedded.options',
      options: spec.storage?.embedded?.options,
      settings: ofRole(storageServerSettings),
    },
    {
      path: 'spec.allInOne.options',
      options: spec.allInOne?.options,
      settings: ofRole(allInOneSettings),
    },
    {
      path: 'spec.collector.options',
      options: spec.collector?.options,
      settings: ofRole(collectorRoleSettings),
    },
    {
      path: 'spec.query.options',
      options: spec.query?.options,
      settings: ofRole(queryRoleSettings),
    },
    {
      path: 'spec.agent.options',
      options: spec.agent?.options,
      settings: ofRole(agentSidecarSettings),
    },
  ];
  return maps.flatMap(problemsOf);
}

function problemsOf({ path, options, settings }: OptionMap): readonly Problem[] {
  const known = new Map(listSettings(settings).map(({ setting }) => [setting.flag, setting]));
  return [...flattenOptions(options)].flatMap(([flag, value]) => {
    const setting = known.get(flag);
    if (setting === undefined) return [{ path: `${path}.${flag}`, message: 'is not a setting' }];
    if (setting.parse(value) !== undefined) return [];
    const shown = setting.secret ? '(secret)' : JSON.stringify(value);
    const message = `${shown} is not allowed; give ${setting.allowed}`;
    return [{ path: `${path}.${flag}`, message }];
  });
}
