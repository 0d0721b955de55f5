/** A file or folder (no content) of an archive. Owner is root, the time is 1970: same input, same bytes. */
export interface TarEntry {
  /** Without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly content?: Uint8Array;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** An uncompressed tar archive (POSIX ustar) of these entries, in order. */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const entry of entries) {
    pieces.push(header(entry));
    const size = entry.content?.length ?? 0;
    if (entry.content !== undefined) pieces.push(entry.content);
    if (size % BLOCK !== 0) pieces.push(new Uint8Array(BLOCK - (size % BLOCK)));
  }
  pieces.push(new Uint8Array(2 * BLOCK));
  return Buffer.concat(pieces);
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function header({ path, mode, content }: TarEntry): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const isFolder = content === undefined;
  const { prefix, name } = splitPath(isFolder ? `${path}/` : path);
  block.write(name, 0);
  octal(block, mode, 100, 8);
  octal(block, 0, 108, 8);
  octal(block, 0, 116, 8);
  octal(block, content?.length ?? 0, 124, 12);
  octal(block, 0, 136, 12);
  block.write('        ', 148);
  block.write(isFolder ? '5' : '0', 156);
  block.write('ustar\u000000', 257, 'latin1');
  block.write('root', 265);
  block.write('root', 297);
  octal(block, 0, 329, 8);
  octal(block, 0, 337, 8);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return block;
}

function splitPath(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { prefix: '', name: path };
  const cut = path.indexOf('/', path.length - NAME_BYTES - 1);
  const prefix = path.slice(0, cut);
  const name = path.slice(cut + 1);
  const fits = Buffer.byteLength(prefix) <= PREFIX_BYTES && Buffer.byteLength(name) <= NAME_BYTES;
  if (cut <= 0 || name === '' || !fits) throw new Error(`path too long for a tar archive: ${path}`);
  return { prefix, name };
}

function octal(block: Buffer, value: number, offset: number, width: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\u0000`, offset, 'latin1');
}
