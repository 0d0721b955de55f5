import { useMemo } from 'react';
import {
  parseServiceFilter,
  serviceFilterText,
  type TraceServices,
} from '../../../model/service-filter.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { browserStore } from '../../browser-store.ts';

/** Jaeger's name and JSON, so that what was kept there holds here. */
const DEFAULTS_KEY = 'svcFilter.defaults';

export interface ServiceFilter {
  readonly services: TraceServices;
  readonly hidden: ReadonlySet<string>;
  /** The value of `svcFilter` that hides these; '' overrules what is kept as default. */
  readonly textOf: (hidden: ReadonlySet<string>) => string | undefined;
}

/** Which services are pruned: what the address says, else what a person keeps as default. */
export function useServiceFilter(
  rows: readonly TreeRow[],
  overview: TraceOverview,
  search: string,
): ServiceFilter {
  const inUrl = new URLSearchParams(search).get('svcFilter');
  const services = useMemo(() => traceServices(rows, overview), [rows, overview]);
  const hidden = useMemo(
    () => parseServiceFilter(inUrl ?? keptFilter(services) ?? '', services),
    [inUrl, services],
  );
  return {
    services,
    hidden,
    textOf: (chosen) =>
      serviceFilterText(chosen, services) ?? (keptFilter(services) === undefined ? undefined : ''),
  };
}

export function keepServiceFilter(hidden: ReadonlySet<string>): void {
  browserStore().setItem(DEFAULTS_KEY, JSON.stringify({ prunedServices: [...hidden] }));
}

function traceServices(rows: readonly TreeRow[], overview: TraceOverview): TraceServices {
  const roots = new Set<string>();
  for (let row = rows[0]; row !== undefined; row = rows[row.end]) {
    if (row.type === 'span') roots.add(row.span.process.serviceName);
  }
  return { all: overview.services.map(({ name }) => name), roots };
}

/** Undefined when the default hides none of these services. */
function keptFilter(services: TraceServices): string | undefined {
  const kept = browserStore().getItem(DEFAULTS_KEY);
  return kept === null ? undefined : serviceFilterText(new Set(prunedNames(kept)), services);
}

/** What another version or a person left there may be anything: it hides nothing then. */
function prunedNames(json: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(json);
    const names: unknown =
      typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'prunedServices') : undefined;
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
