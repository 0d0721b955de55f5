import { readFooter } from './block-footer.ts';
import type { BlockFile } from './block-file.ts';
import { BlockError } from './block-format.ts';
import { readNames } from './block-names.ts';
import { BlockPages } from './block-pages.ts';
import { RESOURCES } from './core-pages.ts';
import type { NumberArray } from './number-section.ts';
import type { PageCache } from './page-cache.ts';

/** Spans by service; those in damaged pages are left out. Closes the file. @throws BlockError */
export function spansByService(file: BlockFile, cache: PageCache): ReadonlyMap<string, number> {
  try {
    const footer = readFooter(file.size, (offset, length) => file.read(offset, length));
    return countSpans(new BlockPages(file, footer, cache.forBlock()));
  } finally {
    file.close();
  }
}

function countSpans(pages: BlockPages): ReadonlyMap<string, number> {
  const { services, serviceOfResource } = pages.load(pages.footer.names, (source) =>
    readNames(source.bytes(source.buffer.length)),
  );
  const counts = new Float64Array(services.length);
  for (let page = 0; page < pages.pageCount; page++) {
    for (const resource of resourcesIn(pages, page)) {
      const service = serviceOfResource[resource] ?? 0;
      counts[service] = (counts[service] ?? 0) + 1;
    }
  }
  return new Map(services.map((service, number) => [service, counts[number] ?? 0]));
}

function resourcesIn(pages: BlockPages, page: number): NumberArray {
  try {
    return pages.numbers(RESOURCES, page);
  } catch (error) {
    if (error instanceof BlockError) return new Uint8Array();
    throw error;
  }
}
