import type { Environment } from './env.ts';
import { UsageError } from './errors.ts';
import type { ConfigOf, Setting, SettingGroup } from './setting.ts';
import { isJsonObject } from './json-object.ts';

export interface ConfigSources {
  /** Texts by flag name, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Environment;
  /** A parsed config file; null when there is none. */
  readonly file: unknown;
  /** What errors call the file. */
  readonly fileName: string;
}

export interface ListedSetting {
  /** Names from the root of the config tree to the setting. */
  readonly path: readonly string[];
  readonly setting: Setting<unknown>;
}

/** Every setting of a tree, in the order of declaration. */
export function listSettings(
  group: SettingGroup,
  path: readonly string[] = [],
): readonly ListedSetting[] {
  return Object.entries(group).flatMap(([name, entry]) =>
    isSetting(entry)
      ? [{ path: [...path, name], setting: entry }]
      : listSettings(entry, [...path, name]),
  );
}

function isSetting(entry: Setting<unknown> | SettingGroup): entry is Setting<unknown> {
  return typeof entry.parse === 'function';
}

export function envName(setting: Setting<unknown>): string {
  return setting.env ?? setting.flag.toUpperCase().replace(/[.-]/g, '_');
}

/**
 * The effective config: flag over environment over file over default.
 * @throws UsageError listing every unknown file key and every value that is not allowed.
 */
export function resolveConfig<G extends SettingGroup>(
  group: G,
  sources: ConfigSources,
): ConfigOf<G> {
  // The tree is built from the very settings ConfigOf<G> is computed from.
  return resolveTree(group, sources) as ConfigOf<G>;
}

/** As `resolveConfig`, for a group whose type is not known where it is resolved. */
export function resolveTree(group: SettingGroup, sources: ConfigSources): object {
  const settings = listSettings(group);
  const fileValues = flattenFile(
    sources.file,
    new Set(settings.map(({ setting }) => setting.flag)),
  );
  const problems = [...fileValues.unknown].map(
    (key) => `${sources.fileName}: unknown key ${key}${suggestion(key, settings)}`,
  );
  const root: Record<string, unknown> = {};
  for (const { path, setting } of settings) {
    const given = givenValue(setting, sources, fileValues.known);
    const value: unknown = given === undefined ? setting.default : setting.parse(given.raw);
    if (given !== undefined && value === undefined) {
      const shown = setting.secret ? '(secret)' : JSON.stringify(given.raw);
      problems.push(`${given.source}: ${shown} is not allowed; give ${setting.allowed}`);
    }
    assign(root, path, value);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return root;
}

interface GivenValue {
  readonly raw: unknown;
  readonly source: string;
}

function givenValue(
  setting: Setting<unknown>,
  sources: ConfigSources,
  fileValues: ReadonlyMap<string, unknown>,
): GivenValue | undefined {
  const flag = sources.flags.get(setting.flag);
  if (flag !== undefined) return { raw: flag, source: `--${setting.flag}` };
  const name = envName(setting);
  const env = sources.env[name];
  if (env !== undefined && env !== '') return { raw: env, source: name };
  if (!fileValues.has(setting.flag)) return undefined;
  return { raw: fileValues.get(setting.flag), source: `${sources.fileName}: ${setting.flag}` };
}

interface FileValues {
  readonly known: ReadonlyMap<string, unknown>;
  readonly unknown: readonly string[];
}

function flattenFile(file: unknown, flags: ReadonlySet<string>): FileValues {
  const known = new Map<string, unknown>();
  const unknown: string[] = [];
  const visit = (value: unknown, prefix: string): void => {
    if (flags.has(prefix)) {
      known.set(prefix, value);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) {
        visit(child, prefix === '' ? key : `${prefix}.${key}`);
      }
    } else if (prefix !== '') {
      unknown.push(prefix);
    } else if (value !== null && value !== undefined) {
      unknown.push('(the file is not a map of settings)');
    }
  };
  visit(file, '');
  return { known, unknown };
}

function suggestion(key: string, settings: readonly ListedSetting[]): string {
  const last = key.split('.').at(-1) ?? key;
  const near = settings.find(({ setting }) => setting.flag.endsWith(`.${last}`));
  return near === undefined ? '' : `; did you mean ${near.setting.flag}?`;
}

function assign(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = root;
  for (const name of path.slice(0, -1)) {
    const child = node[name];
    const next: Record<string, unknown> = isJsonObject(child) ? child : {};
    node[name] = next;
    node = next;
  }
  node[path.at(-1) ?? ''] = value;
}

/** The effective values by flag, as --print-config shows them: secrets hidden. */
export function printableConfig(group: SettingGroup, config: unknown): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  for (const { path, setting } of listSettings(group)) {
    let value: unknown = config;
    for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
    const text = setting.format(value);
    shown.set(setting.flag, setting.secret && text !== '' ? '(hidden)' : text);
  }
  return shown;
}
