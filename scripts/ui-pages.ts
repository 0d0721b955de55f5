import { readFile } from 'node:fs/promises';
import type { Manifest } from 'vite';

/** What a browser loads for a page of the UI, by Vite's manifest; files below the UI's folder. */
export interface UiPage {
  readonly name: string;
  /** Beyond what every page loads, sorted. */
  readonly files: readonly string[];
}

const TABLE = 'src/ui/page-table.ts';
/** A page's name in the table with the file that it loads. */
const LINE = /\[\s*'([\w-]+)',\s*\{[^[]*?import\('\.\/(pages\/[^']+)'\)/g;

/** The files that every page loads: those that index.html names, and what they import. */
export function firstFiles(html: string): readonly string[] {
  return [...html.matchAll(/(?:src|href)="\.\/(static\/[^"]+\.(?:js|css))"/g)]
    .map(([, file = '']) => file)
    .sort();
}

/** @throws Error for a page without a file of its own */
export async function readUiPages(
  manifest: Manifest,
  first: readonly string[],
): Promise<readonly UiPage[]> {
  const table = await readFile(TABLE, 'utf8');
  const pages = [...table.matchAll(LINE)].map(([, name = '', source = '']) => {
    if (manifest[source]?.isDynamicEntry !== true) {
      throw new Error(`${TABLE}: the page ${name} is not a file of its own (${source})`);
    }
    const files = [...filesOf(manifest, source)].filter((file) => !first.includes(file)).sort();
    return { name, files };
  });
  if (pages.length === 0) throw new Error(`${TABLE}: no page was found in it`);
  return pages;
}

/** A chunk's own files and those of all that it imports statically. */
function filesOf(manifest: Manifest, key: string, files = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const imported of chunk.imports ?? []) filesOf(manifest, imported, files);
  return files;
}
