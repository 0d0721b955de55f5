import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TraceQuery } from '../../../src/model/trace-query.ts';
import { byNewest } from '../../../src/storage/embedded/block/find-traces.ts';
import { findAmongHeads, findInHeads } from '../../../src/storage/embedded/find-in-heads.ts';
import { TenantStore } from '../../../src/storage/held-spans/tenant-store.ts';
import { TimeSlice } from '../../../src/storage/held-spans/time-slice.ts';
import { modelQuery, modelSpan } from '../../contract/search-model.ts';
import { plainSearch } from '../../contract/plain-search.ts';
import { TEST_TIME_NANO, aBatch, traceId } from '../../harness/a-span.ts';

it('finds in several heads what a plain list of their spans has, from any position on', async () => {
  const heads = fc.array(fc.array(modelSpan, { minLength: 1, maxLength: 10 }), { maxLength: 4 });
  const position = fc.record({
    startNano: fc.integer({ min: 0, max: 6 }).map((at) => TEST_TIME_NANO + BigInt(at)),
    traceId: fc.integer({ min: 0, max: 7 }).map(traceId),
  });
  await fc.assert(
    fc.asyncProperty(heads, modelQuery, fc.option(position), async (heads, asked, after) => {
      const stores = heads.map((spans) => {
        const limits = { maxTraces: 100, segmentBytes: 2 ** 16 };
        const store = new TenantStore(limits, 1, { traces: 0, spans: 0 });
        store.add(aBatch(spans));
        return store;
      });
      const anywhere: TraceQuery = { ...asked, traceFilters: [] };
      const query = after === null ? anywhere : { ...anywhere, after };
      const spans = heads.flat();
      const found = await findInHeads(stores, query, new TimeSlice(), undefined);
      expect(found).toEqual(plainSearch(spans, query));
      const ids = [1, 3, 5, 99].map(traceId);
      const among = findAmongHeads(stores, query, ids, undefined);
      expect(among.toSorted(byNewest)).toEqual(
        plainSearch(spans, { ...anywhere, limit: 99 }).filter((one) => ids.includes(one.traceId)),
      );
    }),
    { numRuns: 300 },
  );
}, 60_000);
