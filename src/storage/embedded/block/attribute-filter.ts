import { Buffer } from 'node:buffer';
import type { AttributeCondition } from '../../../model/trace-query.ts';
import { isInexact, readable } from './attribute-search.ts';
import type { BlockPages } from './block-pages.ts';
import { KeyValueBloom, keyHash, textPairHash } from './key-value-bloom.ts';

/** Keys that mean a field of the span, whether or not an attribute has them. */
const FIELD_KEYS: ReadonlySet<string> = new Set([
  'error',
  'span.status',
  'span.kind',
  'scope.name',
  'scope.version',
]);

/** False when a block has no such attribute at any level, and no field that counts as one. */
export function mayHaveAttribute(pages: BlockPages, condition: AttributeCondition): boolean {
  const { key, value } = condition;
  if (FIELD_KEYS.has(key) || isInexact(condition)) return true;
  const bloom = readable(() =>
    pages.load(pages.footer.bloom, (source) =>
      KeyValueBloom.fromBytes(source.bytes(source.buffer.length)),
    ),
  );
  if (bloom === undefined) return true;
  const text = Buffer.from(value);
  const has = (name: string): boolean =>
    bloom.mayHave(textPairHash(keyHash(Buffer.from(name)), text));
  if (key.startsWith('resource.') && has(key.slice('resource.'.length))) return true;
  return has(key);
}
