import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { errorText } from '../../../runtime/errors.ts';
import { hasDamagedVersion, readFooter } from './block-footer.ts';
import type { BlockFooter } from './block-footer.ts';
import type { BlockFile } from './block-file.ts';
import { BLOCK_MAGIC, BlockError } from './block-format.ts';
import type { ColumnInfo, PageRef } from './block-format.ts';

export interface VerifiedBlock {
  readonly spanCount: number;
  /** What cannot be read, in words. */
  readonly damage: readonly string[];
}

const CRC_BYTES = 4;

/** Reads every page of a block and compares its CRC. @throws BlockError when the footer cannot be read */
export function verifyBlock(file: BlockFile): VerifiedBlock {
  const read = (offset: number, length: number): Buffer => file.read(offset, length);
  const footer = readFooter(file.size, read);
  const damage: string[] = [];
  if (hasDamagedVersion(file.size, read)) damage.push('the version of the format is damaged');
  if (file.read(0, BLOCK_MAGIC.length).toString('latin1') !== BLOCK_MAGIC) {
    damage.push('the first bytes are not those of a block');
  }
  for (const { name, ref } of pagesOf(footer, footer.columns)) {
    const reason = damageOf(file, ref);
    if (reason !== undefined) damage.push(`${name}, byte ${ref.offset}: ${reason}`);
  }
  return { spanCount: footer.spanCount, damage };
}

function damageOf(file: BlockFile, { offset, length }: PageRef): string | undefined {
  if (length === 0) return undefined;
  try {
    const page = file.read(offset, length);
    const end = length - CRC_BYTES;
    if (crc32(page.subarray(0, end)) === page.readUInt32LE(end)) return undefined;
    return 'a page is damaged';
  } catch (error) {
    if (error instanceof BlockError || error instanceof RangeError) return errorText(error);
    throw error;
  }
}

interface NamedPage {
  readonly name: string;
  readonly ref: PageRef;
}

/** Every page that a footer has, whatever it is for. */
function* pagesOf(footer: BlockFooter, columns: readonly ColumnInfo[]): Generator<NamedPage> {
  for (const [name, part] of Object.entries(footer)) {
    if (part === columns) continue;
    for (const ref of refsIn(part)) yield { name, ref };
  }
  for (const column of columns) {
    const name = column.key.length > 0 ? column.key.toString('utf8') : `field ${column.field}`;
    for (const ref of refsIn(column)) yield { name: `column ${name}`, ref };
  }
}

function* refsIn(value: unknown): Generator<PageRef> {
  if (isPageRef(value)) {
    yield value;
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) yield* refsIn(part);
  }
}

function isPageRef(value: unknown): value is PageRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'offset' in value &&
    'length' in value &&
    typeof value.offset === 'number' &&
    typeof value.length === 'number' &&
    !ArrayBuffer.isView(value)
  );
}
