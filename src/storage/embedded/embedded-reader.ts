import { TimeSlice } from '../held-spans/time-slice.ts';
import { parseTraceId } from '../held-spans/trace-table.ts';
import type { TraceReader } from '../storage.ts';
import { attributeKeys, attributeValues } from './attribute-names.ts';
import type { AttributePlaces } from './attribute-names.ts';
import { findAcross } from './find-across.ts';
import { heldTraces } from './held-traces.ts';
import type { Snapshot, Tenant } from './tenant.ts';
import { readWholeTrace, summarizeWholeTrace } from './whole-trace.ts';

/** Reads what a tenant had when the reading began. */
export function createEmbeddedReader(
  tenantOf: (name: string) => Tenant | undefined,
  spansMax: number,
): TraceReader {
  return {
    capabilities: {
      withoutService: true,
      durationWithTags: true,
      spanKindOfOperations: true,
      filters: true,
      cursor: true,
    },
    services: (tenant) => Promise.resolve(tenantOf(tenant)?.services() ?? []),
    operations: (tenant, service, kind) =>
      Promise.resolve(tenantOf(tenant)?.operations(service, kind) ?? []),
    attributeKeys: (tenant, service) =>
      withPlaces(tenantOf(tenant), (places, slice) => attributeKeys(places, service, slice)),
    attributeValues: (tenant, key, prefix, limit) =>
      withPlaces(tenantOf(tenant), (places, slice) =>
        attributeValues(places, { key, prefix, limit }, slice),
      ),
    getTraces: (tenant, ids, _window, signal) =>
      withSnapshot(tenantOf(tenant), async function* ({ sources }) {
        const slice = new TimeSlice(signal);
        for (const id of validIds(ids)) yield* readWholeTrace(sources, id, { spansMax, slice });
      }),
    findTraces: (tenant, query, signal) =>
      withSnapshot(tenantOf(tenant), async function* ({ sources }) {
        const slice = new TimeSlice(signal);
        const found = await findAcross(sources, query, slice);
        for await (const { traceId, startNano, holders } of heldTraces(sources, found, slice)) {
          const chunks = readWholeTrace(holders, traceId, { spansMax, slice });
          for await (const chunk of chunks) yield { ...chunk, matchNano: startNano };
        }
      }),
    findSummaries: (tenant, query, signal) =>
      withSnapshot(tenantOf(tenant), async function* ({ sources }) {
        const slice = new TimeSlice(signal);
        const found = await findAcross(sources, query, slice);
        for await (const { traceId, startNano, holders } of heldTraces(sources, found, slice)) {
          const summary = summarizeWholeTrace(holders, traceId);
          if (summary !== undefined) yield { ...summary, matchNano: startNano };
        }
      }),
  };
}

/** In lower case, each once. */
function validIds(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids.filter((id) => parseTraceId(id) !== undefined).map((id) => id.toLowerCase()));
}

async function withPlaces(
  tenant: Tenant | undefined,
  read: (places: AttributePlaces, slice: TimeSlice) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (tenant === undefined) return [];
  const blocks = tenant.catalogue.lease();
  const heads = tenant.heads.lease();
  try {
    const places = { blocks: blocks.blocks.map(({ block }) => block), heads: heads.stores };
    return await read(places, new TimeSlice());
  } finally {
    heads.release();
    blocks.release();
  }
}

/** Blocks stay open until the answer ends, or nobody wants more of it. */
async function* withSnapshot<T>(
  tenant: Tenant | undefined,
  read: (snapshot: Snapshot) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  if (tenant === undefined) return;
  const snapshot = tenant.snapshot();
  try {
    yield* read(snapshot);
  } finally {
    snapshot.release();
  }
}
