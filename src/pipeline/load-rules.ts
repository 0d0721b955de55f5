import { readFile } from 'node:fs/promises';
import { UsageError, errorText } from '../runtime/errors.ts';
import { ATTRIBUTE_PLACES } from './rules.ts';
import type { AttributeAction, AttributeRule, PipelineRules, SpanRule } from './rules.ts';
import type { RulesConfig } from './rules-config.ts';
import { parseRules } from './rules-file.ts';

/**
 * The rules of the file, then those of the flags: exclude, redact, hash, include.
 * @throws UsageError for a file that cannot be read or says what is not allowed
 */
export async function loadRules(config: RulesConfig): Promise<PipelineRules> {
  const { file, attributes, spans } = config;
  const fromFile = file === '' ? { attributes: [], spans: [] } : await readRules(file);
  return {
    attributes: [...fromFile.attributes, ...attributeRules(attributes)],
    spans: [
      ...fromFile.spans,
      ...spanRules('exclude-services', { services: spans.excludeServices }),
      ...spanRules('exclude-operations', { operations: spans.excludeOperations }),
    ],
    hashKey: attributes.hashKey,
  };
}

async function readRules(file: string): Promise<ReturnType<typeof parseRules>> {
  try {
    const { load } = await import('js-yaml');
    return parseRules(load(await readFile(file, 'utf8')), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`collector.rules-file: ${file}: ${errorText(error)}`, { cause: error });
  }
}

function attributeRules(config: RulesConfig['attributes']): readonly AttributeRule[] {
  const { exclude, redact, hash, include } = config;
  const rule = (action: AttributeAction, keys: readonly string[]): AttributeRule[] =>
    keys.length === 0 ? [] : [{ action, keys, places: ATTRIBUTE_PLACES }];
  return [
    ...rule('drop', exclude),
    ...rule('redact', redact),
    ...rule('hash', hash),
    ...rule('keep', include),
    ...rule('drop', include.length === 0 ? [] : ['*']),
  ];
}

function spanRules(
  name: string,
  condition: Pick<SpanRule, 'services' | 'operations'>,
): readonly SpanRule[] {
  const patterns = condition.services ?? condition.operations ?? [];
  return patterns.length === 0 ? [] : [{ name, ...condition }];
}
