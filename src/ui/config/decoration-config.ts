import type { ConfigReader } from './config-reader.ts';

/** A value that another service gives about services or operations. */
export interface Decoration {
  readonly id: string;
  readonly name: string;
  readonly acronym: string;
  readonly summary: DecorationSource;
  /** Of an operation; undefined where operations have none of their own. */
  readonly operationSummary: DecorationSource | undefined;
  readonly detail: DecorationDetail | undefined;
  readonly operationDetail: DecorationDetail | undefined;
}

/** Templates with `#{service}` and `#{operation}`. */
interface DecorationSource {
  readonly url: string;
  readonly path: string;
}

interface DecorationDetail extends DecorationSource {
  /** For a list of objects; without any, all their fields. */
  readonly columns: readonly { readonly key: string; readonly label: string }[];
}

/** Jaeger's `pathAgnosticDecorations`. One that cannot be asked for is left out, with a complaint. */
export function readDecorations(entries: readonly ConfigReader[]): readonly Decoration[] {
  return entries.flatMap((entry) => {
    const id = entry.text('id') ?? '';
    const summary = readSource(entry, 'summaryUrl', 'summaryPath');
    if (id === '' || summary === undefined) {
      entry.refuse('', 'an id, a summaryUrl and a summaryPath');
      return [];
    }
    const name = entry.text('name') ?? id;
    return [
      {
        ...{ id, name, summary },
        acronym: entry.text('acronym') ?? name,
        operationSummary: readSource(entry, 'opSummaryUrl', 'opSummaryPath'),
        detail: readDetail(entry, ['detailUrl', 'detailPath', 'detailColumnDefs']),
        operationDetail: readDetail(entry, ['opDetailUrl', 'opDetailPath', 'opDetailColumnDefs']),
      },
    ];
  });
}

function readSource(
  entry: ConfigReader,
  urlKey: string,
  pathKey: string,
): DecorationSource | undefined {
  const url = entry.text(urlKey);
  const path = entry.text(pathKey);
  if (url === undefined || path === undefined) return undefined;
  if (/^[a-z][a-z\d+.-]*:/i.test(url) && !/^https?:\/\//i.test(url)) {
    entry.refuse(urlKey, 'relative, or http or https');
    return undefined;
  }
  return { url, path };
}

function readDetail(
  entry: ConfigReader,
  [urlKey, pathKey, columnsKey]: readonly [string, string, string],
): DecorationDetail | undefined {
  const source = readSource(entry, urlKey, pathKey);
  if (source === undefined) return undefined;
  const columns = entry.list(columnsKey).flatMap((column) => {
    const key = column.text('key');
    return key === undefined ? [] : [{ key, label: column.text('label') ?? key }];
  });
  return { ...source, columns };
}
