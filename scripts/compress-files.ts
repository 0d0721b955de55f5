import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Images are small or compressed, source maps are for those who look for a fault. */
const TEXTS = /\.(?:js|css|svg)$/;

/** Lays each text file of a folder beside itself as brotli and gzip, where that is smaller. */
export async function compressFiles(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => TEXTS.test(name));
  for (const name of names) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    const smaller = [
      ['br', await promisify(brotliCompress)(bytes, options)],
      ['gz', await promisify(gzip)(bytes, { level: 9 })],
    ] as const;
    for (const [ending, packed] of smaller) {
      if (packed.length < bytes.length) await writeFile(`${path}.${ending}`, packed);
    }
  }
}
