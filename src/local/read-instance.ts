import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import type { JaegerInstance } from '../controller/api/jaeger-instance.ts';
import { problemText } from '../controller/api/problem.ts';
import type { Problem } from '../controller/api/problem.ts';
import { validateInstance } from '../controller/api/validate.ts';
import { UsageError } from '../runtime/errors.ts';
import { isJsonObject, jsonText } from '../runtime/json-object.ts';

export interface InstanceFile {
  readonly instance: JaegerInstance;
  readonly warnings: readonly Problem[];
}

/**
 * The JaegerInstance of a YAML or JSON file.
 * @throws UsageError when the file cannot be read or holds something else
 * @throws Error with a line for every field that is not valid
 */
export async function readInstance(path: string): Promise<InstanceFile> {
  const document = await loadFile(path);
  const metadata = isJsonObject(document) ? document['metadata'] : undefined;
  const name = isJsonObject(metadata) ? jsonText(metadata['name']) : undefined;
  if (!isJsonObject(document) || !isJsonObject(metadata) || name === undefined) {
    throw new UsageError(`${path} is not one JaegerInstance: it needs kind and metadata.name`);
  }
  const checked = validateInstance({
    ...document,
    apiVersion: jsonText(document['apiVersion']) ?? '',
    kind: jsonText(document['kind']) ?? '',
    metadata: { ...metadata, name },
  });
  if (!checked.valid) {
    throw new Error(checked.errors.map((problem) => `${path}: ${problemText(problem)}`).join('\n'));
  }
  return { instance: checked.instance, warnings: checked.warnings };
}

async function loadFile(path: string): Promise<unknown> {
  try {
    return load(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read`, { cause: error });
  }
}
