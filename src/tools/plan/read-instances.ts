import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../controller/kube-object.ts';
import { UsageError, errorText } from '../../runtime/errors.ts';
import { isJsonObject, jsonFields, jsonText } from '../../runtime/json-object.ts';

/**
 * The JaegerInstances in a YAML or JSON text of several documents; others are passed over.
 * @throws UsageError when the text is no YAML or holds no JaegerInstance.
 */
export function readInstances(
  text: string,
  fileName: string,
  namespace: string | undefined,
): readonly KubeObject[] {
  const instances = parseDocuments(text, fileName)
    .filter(isJsonObject)
    .filter((document) => document['kind'] === 'JaegerInstance')
    .map((document) => asKubeObject(document, namespace));
  if (instances.length === 0) throw new UsageError(`${fileName}: holds no JaegerInstance`);
  return instances;
}

function parseDocuments(text: string, fileName: string): readonly unknown[] {
  try {
    return loadAll(text);
  } catch (error) {
    throw new UsageError(`${fileName}: ${errorText(error)}`, { cause: error });
  }
}

function asKubeObject(
  document: Readonly<Record<string, unknown>>,
  namespace: string | undefined,
): KubeObject {
  const metadata = jsonFields(document['metadata']);
  return {
    ...document,
    apiVersion: jsonText(document['apiVersion']) ?? '',
    kind: jsonText(document['kind']) ?? '',
    metadata: {
      ...metadata,
      name: jsonText(metadata['name']) ?? '',
      namespace: jsonText(metadata['namespace']) ?? namespace ?? 'default',
    },
  };
}
