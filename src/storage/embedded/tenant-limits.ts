import { open } from 'node:fs/promises';
import { UsageError, errorText } from '../../runtime/errors.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { bytesSetting, durationSetting } from '../../runtime/setting.ts';

/** What a tenant may keep. */
export interface TenantLimits {
  readonly retentionMs: number;
  /** Of its blocks; 0: as many as there is room for. */
  readonly bytesMax: number;
}

const FILE_BYTES_MAX = 4 * 2 ** 20;
const FIELDS = ['retention', 'maxBytes'];
const RETENTION = durationSetting({ flag: 'retention', description: '', default: 0 });
const MAX_BYTES = bytesSetting({ flag: 'maxBytes', description: '', default: 0 });

/**
 * Limits of tenants that differ from those of all others, from a YAML or JSON file:
 *
 *     tenants:
 *       team-a: { retention: 24h, maxBytes: 10Gi }
 *       team-b: { maxBytes: 1Gi }
 *
 * @param others what a tenant has that is not named, and where it names nothing
 * @throws UsageError saying where the file is wrong
 */
export async function readTenantLimits(
  path: string,
  others: TenantLimits,
): Promise<ReadonlyMap<string, TenantLimits>> {
  if (path === '') return new Map();
  const where = `--embedded.tenants-file: ${path}`;
  const file = await parseYaml(await readBounded(path, where), where);
  const unknown = Object.keys(file).find((key) => key !== 'tenants');
  if (unknown !== undefined) throw new UsageError(`${where}: unknown key ${unknown}: use tenants`);
  const tenants = file['tenants'] ?? {};
  if (!isJsonObject(tenants)) throw new UsageError(`${where}: tenants must be a map of names`);
  return new Map(
    Object.entries(tenants).map(([name, entry]) => [
      name,
      parseLimits(entry, others, `${where}: tenants.${name}`),
    ]),
  );
}

function parseLimits(entry: unknown, others: TenantLimits, where: string): TenantLimits {
  if (!isJsonObject(entry)) {
    throw new UsageError(`${where} must be a map with ${FIELDS.join(' and ')}`);
  }
  const unknown = Object.keys(entry).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`${where}: unknown key ${unknown}: use ${FIELDS.join(' or ')}`);
  }
  const read = (setting: typeof RETENTION, raw: unknown, other: number): number => {
    if (raw === undefined) return other;
    const value = setting.parse(raw);
    if (value !== undefined) return value;
    throw new UsageError(
      `${where}.${setting.flag}: ${JSON.stringify(raw)} is not ${setting.allowed}`,
    );
  };
  return {
    retentionMs: read(RETENTION, entry['retention'], others.retentionMs),
    bytesMax: read(MAX_BYTES, entry['maxBytes'], others.bytesMax),
  };
}

async function parseYaml(text: string, where: string): Promise<Readonly<Record<string, unknown>>> {
  const { JSON_SCHEMA, load } = await import('js-yaml');
  let value: unknown;
  try {
    // Of YAML's types only those of JSON: a tenant named 2026-01-31 is a name.
    value = load(text, { schema: JSON_SCHEMA });
  } catch (error) {
    throw new UsageError(`${where} is neither YAML nor JSON: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (isJsonObject(value)) return value;
  throw new UsageError(`${where} has no tenants`);
}

async function readBounded(path: string, where: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > FILE_BYTES_MAX) throw new Error(`it has more than ${FILE_BYTES_MAX} bytes`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UsageError(`${where} cannot be read: ${errorText(error)}`, { cause: error });
  }
}
