import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { collectAfterStart } from '../../runtime/collect-after-start.ts';
import { processEnvironment } from '../../runtime/env.ts';
import { GaveUpError, UsageError } from '../../runtime/errors.ts';
import {
  envName,
  listSettings,
  printableConfig,
  resolveTree,
} from '../../runtime/resolve-config.ts';
import type { ConfigSources, ListedSetting } from '../../runtime/resolve-config.ts';
import type { Role } from '../../runtime/role.ts';
import { settingsOfRole, startRole } from '../../runtime/run-role.ts';
import type { RoleProcess } from '../../runtime/run-role.ts';
import type { SettingGroup } from '../../runtime/setting.ts';
import { formatHostPort } from '../../runtime/setting.ts';
import { firstStopSignal } from '../../runtime/signals.ts';
import { formatExamples } from './examples.ts';
import { withListenHint } from './listen-hint.ts';
import type { Example } from './examples.ts';

export interface RoleHelp {
  readonly summary: string;
  readonly examples: readonly Example[];
}

/** The sub-command that runs a role until a stop signal: one option for every setting. */
export function roleCommand<G extends SettingGroup>(role: Role<G>, help: RoleHelp): Command {
  const settings = listSettings(settingsOfRole(role));
  const command = new Command(role.name)
    .description(help.summary)
    .option('--config <file>', 'YAML or JSON file of settings, nested at the dots of flags or not')
    .option('--print-config', 'print the effective settings, secrets hidden, and exit')
    // The text of a setting has its default already.
    .configureHelp({ optionDescription: ({ description }) => description })
    .addHelpText('after', formatExamples(help.examples));
  command.addOption(new Option('--config-file <file>', 'same as --config').hideHelp());
  const options = settings.map((listed) => ({ listed, option: settingOption(listed) }));
  for (const { option } of options) command.addOption(option);
  return command.action(async (given: Record<string, unknown>) => {
    const flags = new Map<string, string>();
    for (const { listed, option } of options) {
      const value = given[option.attributeName()];
      if (typeof value === 'string') flags.set(listed.setting.flag, value);
    }
    const sources = await readSources(flags, given['config'] ?? given['configFile']);
    if (given['printConfig'] === true) {
      const { dump } = await import('js-yaml');
      process.stdout.write(dump(Object.fromEntries(effectiveValues(role, sources))));
      return;
    }
    const stopped = firstStopSignal();
    const running = await startRole(role, sources, stopped).catch(async (error: unknown) => {
      throw await withListenHint(error, settings, () => effectiveValues(role, sources));
    });
    await runUntil(stopped, running, role.name);
  });
}

/** The effective settings by flag, secrets hidden. */
function effectiveValues<G extends SettingGroup>(
  role: Role<G>,
  sources: ConfigSources,
): ReadonlyMap<string, string> {
  const tree = settingsOfRole(role);
  return printableConfig(tree, resolveTree(tree, sources));
}

function settingOption({ setting }: ListedSetting): Option {
  const boolean = typeof setting.default === 'boolean';
  const fallback = setting.secret
    ? ''
    : `default ${JSON.stringify(setting.format(setting.default))}; `;
  const text = `${setting.description} (${fallback}${setting.allowed}; env ${envName(setting)})`;
  const option = new Option(`--${setting.flag} ${boolean ? '[bool]' : '<value>'}`, text);
  return boolean ? option.preset('true') : option;
}

async function readSources(
  flags: ReadonlyMap<string, string>,
  path: unknown,
): Promise<ConfigSources> {
  const env = processEnvironment();
  if (typeof path !== 'string') return { flags, env, file: null, fileName: '' };
  try {
    const { load } = await import('js-yaml');
    return { flags, env, file: load(await readFile(path, 'utf8')), fileName: path };
  } catch (error) {
    throw new UsageError(`--config: ${path} cannot be read`, { cause: error });
  }
}

/**
 * Waits for SIGINT or SIGTERM, then for the role to finish what it accepted.
 * @throws GaveUpError when it has not finished within the shutdown timeout, Error when it has failed of
 * itself.
 */
async function runUntil(
  stopped: Promise<NodeJS.Signals>,
  running: RoleProcess,
  name: string,
): Promise<void> {
  const { logger } = running.deps;
  for (const address of running.addresses) {
    logger.info({ address: `${address.transport}://${formatHostPort(address)}` }, address.name);
  }
  logger.info('ready');
  collectAfterStart();
  const failed = running.failed?.catch(
    (error: unknown) => new Error(`${name} can no longer work`, { cause: error }),
  );
  const reason = await Promise.race([stopped, ...(failed === undefined ? [] : [failed])]);
  logger.info({ reason: reason instanceof Error ? reason.message : reason }, 'stopping');
  const { shutdownTimeoutMs } = running.config;
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new GaveUpError(`${name} did not stop within ${shutdownTimeoutMs} ms`));
  }, shutdownTimeoutMs);
  await Promise.race([running.stop(), timeout.promise]);
  clearTimeout(timer);
  logger.info('stopped');
  if (reason instanceof Error) throw reason;
}
