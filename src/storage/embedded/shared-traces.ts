import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { Block } from './block/block.ts';
import type { TraceKey } from './block/trace-rows.ts';
import { CallsAcrossSources } from './whole-calls.ts';
import type { VisitCall } from './whole-calls.ts';

/** Blocks that take the place of others. */
export interface BlockChange {
  readonly added: readonly Block[];
  readonly removed: readonly Block[];
}

const TRACES_A_LOOK = 16;

/**
 * Names the calls between blocks that there are more, or less, after a change, beside blocks that
 * stay: of traces that several blocks have spans of, which sorted hashes find.
 */
export async function callsOfChange(
  kept: readonly Block[],
  { added, removed }: BlockChange,
  visit: VisitCall,
  slice: TimeSlice,
): Promise<void> {
  const holders = await sharedHashes(kept, { added, removed }, slice);
  const leaving = new Set(removed);
  const coming = new Set(added);
  const places = new Map([...kept, ...removed, ...added].map((block, place) => [block, place]));
  const inOrder = (a: Block, b: Block): number => (places.get(a) ?? 0) - (places.get(b) ?? 0);
  const calls = new CallsAcrossSources();
  let looked = 0;
  for (const [hash, having] of holders) {
    const blocks = [...having].sort(inOrder);
    const before = blocks.filter((block) => !coming.has(block));
    const after = blocks.filter((block) => !leaving.has(block));
    for (const key of tracesIn(
      blocks.filter((one) => coming.has(one) || leaving.has(one)),
      hash,
    )) {
      calls.across(before, key, (call, count) => {
        visit(call, -count);
      });
      calls.across(after, key, visit);
      if (++looked % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
    }
  }
  // Pages that were read once, for each block that came: in time they would fill the cache.
  const read = new Set([...holders.values()].flatMap((having) => [...having]));
  for (const { pages } of read) pages.forgetRows();
}

/** Traces with a hash, each once. */
function tracesIn(blocks: readonly Block[], hash: number): readonly TraceKey[] {
  const keys: TraceKey[] = [];
  for (const block of blocks) {
    for (const key of block.tracesOf(hash)) {
      if (!keys.some(({ words }) => words.every((word, at) => word === key.words[at]))) {
        keys.push(key);
      }
    }
  }
  return keys;
}

/** Hashes that several blocks of one time have, one of them changing, and all blocks that have them. */
async function sharedHashes(
  kept: readonly Block[],
  { added, removed }: BlockChange,
  slice: TimeSlice,
): Promise<ReadonlyMap<number, ReadonlySet<Block>>> {
  const holders = new Map<number, Set<Block>>();
  for (const side of [removed, added]) {
    for (const [place, block] of side.entries()) {
      for (const other of [...kept, ...side.slice(0, place)]) {
        eachCommon(block.traceHashes(), other.traceHashes(), (hash) => {
          const known = holders.get(hash);
          if (known === undefined) holders.set(hash, new Set([block, other]));
          else known.add(block).add(other);
        });
        if (slice.isOver()) await slice.rest();
      }
    }
  }
  // A trace may be shared on one side of the change, and in a single block on the other.
  const shared = Uint32Array.from(holders.keys()).sort();
  for (const block of [...added, ...removed]) {
    eachCommon(block.traceHashes(), shared, (hash) => {
      holders.get(hash)?.add(block);
    });
  }
  return holders;
}

/** What two sorted lists have in common. */
function eachCommon(a: Uint32Array, b: Uint32Array, visit: (hash: number) => void): void {
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const hashA = a[inA] ?? 0;
    const hashB = b[inB] ?? 0;
    if (hashA === hashB) visit(hashA);
    if (hashA <= hashB) inA += 1;
    if (hashB <= hashA) inB += 1;
  }
}
