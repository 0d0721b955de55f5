import { formatGoDuration, parseGoDuration } from './go-duration.ts';

/**
 * One thing a user can set. The flag is its one name: the environment name is the flag in capitals
 * with `_` for `.` and `-`, and the key in a config file is the flag, nested at its dots or not.
 */
export interface Setting<T> {
  readonly flag: string;
  /** Environment name, when it is not the one that follows from the flag. */
  readonly env?: string;
  readonly description: string;
  readonly default: T;
  /** What a value looks like, for help and errors: `duration`, `bytes`, `a | b`. */
  readonly allowed: string;
  /** Hidden by --print-config and logs. */
  readonly secret: boolean;
  /** The value of one text (flag, environment) or one YAML value; undefined when not allowed. */
  parse(raw: unknown): T | undefined;
  /** As a user would write it. */
  format(value: T): string;
}

export interface SettingGroup {
  readonly [name: string]: Setting<unknown> | SettingGroup;
}

/** The config a group of settings describes: the same tree, with values. */
export type ConfigOf<G> = {
  readonly [K in keyof G]: G[K] extends { parse(raw: unknown): infer T }
    ? Exclude<T, undefined>
    : ConfigOf<G[K]>;
};

interface Described<T> {
  readonly flag: string;
  readonly description: string;
  readonly default: T;
  readonly env?: string;
  readonly secret?: boolean;
}

interface Kind<T> {
  readonly allowed: string;
  readonly parse: (raw: unknown) => T | undefined;
  readonly format?: (value: T) => string;
}

function define<T>(described: Described<T>, kind: Kind<T>): Setting<T> {
  const { secret = false, ...rest } = described;
  return { ...rest, secret, format: String, ...kind };
}

function parseNumber(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function stringSetting(described: Described<string>): Setting<string> {
  return define(described, {
    allowed: 'text',
    parse: (raw) =>
      typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
        ? String(raw)
        : undefined,
  });
}

export function booleanSetting(described: Described<boolean>): Setting<boolean> {
  return define(described, {
    allowed: 'true | false',
    parse: (raw) => {
      if (raw === true || raw === 'true' || raw === '1') return true;
      return raw === false || raw === 'false' || raw === '0' ? false : undefined;
    },
  });
}

export function integerSetting(
  described: Described<number> & { readonly min: number; readonly max?: number },
): Setting<number> {
  const { min, max = Number.MAX_SAFE_INTEGER, ...rest } = described;
  const limit =
    described.max === undefined ? `an integer from ${min}` : `an integer, ${min} to ${max}`;
  return define(rest, {
    allowed: limit,
    parse: (raw) => {
      const value = parseNumber(raw);
      return value !== undefined && Number.isInteger(value) && value >= min && value <= max
        ? value
        : undefined;
    },
  });
}

/** A share from 0 to 1. */
export function ratioSetting(described: Described<number>): Setting<number> {
  return define(described, {
    allowed: 'a number, 0 to 1',
    parse: (raw) => {
      const value = parseNumber(raw);
      return value !== undefined && value >= 0 && value <= 1 ? value : undefined;
    },
  });
}

const BYTES = /^(\d+(?:\.\d+)?)(B|k|K|KB|Ki|KiB|M|MB|Mi|MiB|G|GB|Gi|GiB)?$/;
const BYTE_UNITS: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** Bytes, written as Kubernetes quantities (`64Mi`, `1G`) or a plain number; without `min` 0 is one. */
export function bytesSetting(
  described: Described<number> & { readonly min?: number },
): Setting<number> {
  const { min = 0, ...rest } = described;
  const example = 'bytes such as 67108864, 64Mi or 1G';
  return define(rest, {
    allowed: min === 0 ? example : `${example}, from ${min}`,
    parse: (raw) => {
      const match = BYTES.exec(String(raw));
      if (match === null) return undefined;
      const unit = match[2] ?? '';
      const decimal = BYTE_UNITS[unit.charAt(0)] ?? 1;
      const binary = 1024 ** ' KMG'.indexOf(unit.charAt(0).toUpperCase());
      const value = Math.floor(Number(match[1]) * (unit.includes('i') ? binary : decimal));
      return value >= min ? value : undefined;
    },
    format: (value) => {
      for (const [unit, size] of [
        ['Gi', 2 ** 30],
        ['Mi', 2 ** 20],
        ['Ki', 2 ** 10],
      ] as const) {
        if (value > 0 && value % size === 0) return `${value / size}${unit}`;
      }
      return String(value);
    },
  });
}

/** Milliseconds, written as a Go duration (`200ms`, `1m30s`). */
export function durationSetting(described: Described<number>): Setting<number> {
  return define(described, {
    allowed: 'a duration such as 500ms, 30s or 1h30m',
    parse: (raw) => {
      const nanos = raw === 0 ? 0 : parseGoDuration(String(raw));
      return nanos === undefined || nanos < 0 ? undefined : nanos / 1e6;
    },
    format: (value) => formatGoDuration(value * 1e6),
  });
}

export function choiceSetting<const C extends string>(
  described: Described<C> & { readonly choices: readonly C[] },
): Setting<C> {
  const { choices, ...rest } = described;
  return define(rest, {
    allowed: choices.join(' | '),
    parse: (raw) => choices.find((choice) => choice === raw),
  });
}

/** What may be in a list. */
interface ListItems {
  /** As in `a comma-separated list of …`. */
  readonly allowed: string;
  readonly pattern: RegExp;
}

const ANY_ITEMS: ListItems = { allowed: 'items, none of them empty', pattern: /\S/ };

/** A list, comma-separated in a flag or the environment. */
export function listSetting(
  described: Described<readonly string[]> & { readonly items?: ListItems },
): Setting<readonly string[]> {
  const { items = ANY_ITEMS, ...rest } = described;
  return define(rest, {
    allowed: `a comma-separated list of ${items.allowed}`,
    parse: (raw) => {
      const list = listOf(raw);
      return list?.every((item) => items.pattern.test(item)) === true ? list : undefined;
    },
    format: (value) => value.join(','),
  });
}

function listOf(raw: unknown): readonly string[] | undefined {
  if (Array.isArray(raw)) return raw.map(String);
  if (typeof raw !== 'string') return undefined;
  return raw === '' ? [] : raw.split(',').map((item) => item.trim());
}

/** A listening or target address. An empty host means: the host given by `listen-host`. */
export interface HostPort {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

const HOST_PORT = /^(\[[0-9a-fA-F:.%]+\]|[^:[\]\s]*):(\d{1,5})$/;

/** undefined when the text is not `host:port` or `:port`. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = HOST_PORT.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return undefined;
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function hostPortSetting(described: Omit<Described<string>, 'secret'>): Setting<HostPort> {
  const parsedDefault = parseHostPort(described.default);
  if (parsedDefault === undefined) throw new Error(`bad default of ${described.flag}`);
  return define(
    { ...described, default: parsedDefault },
    {
      allowed: 'host:port or :port',
      parse: (raw) => parseHostPort(typeof raw === 'number' ? `:${raw}` : String(raw)),
      format: formatHostPort,
    },
  );
}
