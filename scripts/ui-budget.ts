import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { UiPage } from './ui-pages.ts';

/** kB of JavaScript and CSS, gzip: close above what each is, so that a leap is noticed. */
export interface UiBudget {
  /** What every page loads. */
  readonly first: number;
  /** What the first page that people open, the search, loads with it; and the requests for that. */
  readonly start: number;
  readonly startFiles: number;
  /** What a page loads beyond the first. */
  readonly pages: Readonly<Record<string, number>>;
}

interface Row {
  readonly name: string;
  readonly files: number;
  readonly size: number;
  readonly most: number;
}

const START = 'search';

/**
 * A table of what is loaded, and what is over its budget.
 * @throws Error for a page without a budget
 */
export async function weighUi(
  folder: string,
  { first, pages }: { readonly first: readonly string[]; readonly pages: readonly UiPage[] },
  budget: UiBudget,
): Promise<{ readonly table: string; readonly over: readonly string[] }> {
  const sizeOf = async (files: readonly string[]): Promise<number> => {
    const sizes = files.map(async (file) => gzipSync(await readFile(join(folder, file))).length);
    return (await Promise.all(sizes)).reduce((total, size) => total + size / 1_000, 0);
  };
  const startFiles = [...first, ...(pages.find(({ name }) => name === START)?.files ?? [])];
  const rows: Row[] = [
    { name: 'every page', files: first.length, size: await sizeOf(first), most: budget.first },
    {
      name: `start (${START})`,
      files: startFiles.length,
      size: await sizeOf(startFiles),
      most: budget.start,
    },
  ];
  for (const { name, files } of pages) {
    const most = budget.pages[name];
    if (most === undefined) throw new Error(`the page ${name} of the UI has no budget`);
    rows.push({ name: `+ ${name}`, files: files.length, size: await sizeOf(files), most });
  }
  const over = rows.filter(({ size, most }) => size > most).map(lineOf);
  if (startFiles.length > budget.startFiles) {
    over.push(`the start asks for ${startFiles.length} files, ${budget.startFiles} are allowed`);
  }
  return { table: rows.map(lineOf).join('\n'), over };
}

function lineOf({ name, files, size, most }: Row): string {
  const share = `${size.toFixed(1).padStart(7)} of ${String(most).padStart(3)} kB`;
  return `${name.padEnd(22)}${String(files).padStart(3)} files ${share}`;
}
