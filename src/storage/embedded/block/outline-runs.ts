import type { Buffer } from 'node:buffer';
import { LIBRARY_KEYS } from '../../../model/adjust-library-attributes.ts';
import { ResourceHosts } from '../../../wire/otlp/resource-hosts.ts';
import type { OutlinedSpans, TraceOutline } from '../../storage.ts';
import { readable } from './attribute-search.ts';
import { ATTRIBUTE_FIELDS, FIELDS, SPANS } from './block-format.ts';
import type { ColumnInfo } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import { columnValues } from './column-values.ts';
import * as core from './core-pages.ts';
import { readGroup } from './group-table.ts';
import { copyParentIds } from './span-writer.ts';
import type { TraceRun } from './trace-rows.ts';

const LIBRARY = 'telemetry.';

/** What the spans of a trace have to do with each other, without those whose pages are damaged. */
export function outlineOfRuns(pages: BlockPages, runs: readonly TraceRun[]): TraceOutline {
  return {
    spanCount: runs.reduce((sum, { end, start }) => sum + end - start, 0),
    spans: function* () {
      const hosts = createHosts(pages);
      const columns = pages.footer.columns.filter(mayHaveLibraryKeys);
      for (const run of runs) {
        const spans = readable(() => outlined(pages, run, hosts, columns));
        if (spans !== undefined) yield spans;
      }
    },
  };
}

/** The host of a resource by its number. */
function createHosts(pages: BlockPages): (resource: number) => string {
  const hosts = new ResourceHosts();
  const known = new Map<number, string>();
  return (resource) => {
    const found = known.get(resource);
    if (found !== undefined) return found;
    const { bytes } = pages.entry(pages.footer.resources, resource);
    const host = hosts.of(readGroup(bytes).message);
    known.set(resource, host);
    return host;
  };
}

/** @throws BlockError when a page is damaged */
function outlined(
  pages: BlockPages,
  run: TraceRun,
  hostOf: (resource: number) => string,
  columns: readonly ColumnInfo[],
): OutlinedSpans {
  const { end, page, start } = run;
  const count = end - start;
  const kindsAndStatuses = pages.numbers(core.KINDS, page);
  const resources = pages.numbers(core.RESOURCES, page);
  const kinds = new Uint8Array(count);
  const hosts: string[] = [];
  for (let index = 0; index < count; index++) {
    kinds[index] = (kindsAndStatuses[start + index] ?? 0) % 8;
    hosts.push(hostOf(resources[start + index] ?? 0));
  }
  const starts = pages.starts(page).slice(2 * start, 2 * end);
  const parentSpanIds = new Uint32Array(2 * count);
  copyParentIds(pages, run, parentSpanIds);
  return {
    ...{ count, kinds, hosts, parentSpanIds },
    spanIds: pages.spanIds(page).subarray(2 * start, 2 * end),
    startTimesUnixNano: new BigUint64Array(starts.buffer),
    durationsNano: Float64Array.from(pages.numbers(core.DURATIONS, page).subarray(start, end)),
    mayDescribeSdk: columns.some((info) => hasLibraryKey(pages, info, run)),
  };
}

function mayHaveLibraryKeys({ field, key, table, type }: ColumnInfo): boolean {
  if (table !== SPANS) return false;
  if (type === FIELDS) return true;
  return field === ATTRIBUTE_FIELDS[SPANS] && LIBRARY_KEYS.has(key.toString());
}

/** Whether a row of the run has a value there that may be one of a library key. */
function hasLibraryKey(
  pages: BlockPages,
  info: ColumnInfo,
  { end, page, start }: TraceRun,
): boolean {
  const values = columnValues(pages, info, page);
  if (values === undefined) return false;
  const isIts = (value: Buffer): boolean => info.type !== FIELDS || value.includes(LIBRARY);
  for (let row = start; row < end; row++) {
    const value = values.at(row);
    if (value !== undefined && isIts(value)) return true;
  }
  return false;
}
