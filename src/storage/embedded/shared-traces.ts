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
  const isComing = (block: Block): boolean => coming.has(block);
  const isLeaving = (block: Block): boolean => leaving.has(block);
  const takeBack: VisitCall = (call, count) => {
    visit(call, -count);
  };
  const calls = new CallsAcrossSources();
  const read = new Set<Block>();
  let looked = 0;
  for (const [hash, blocks] of holders) {
    // Two stand as they came.
    if (blocks.length > 2) blocks.sort(inOrder);
    for (const block of blocks) read.add(block);
    const before = without(blocks, isComing);
    const after = without(blocks, isLeaving);
    for (const key of tracesIn(blocks, (block) => isComing(block) || isLeaving(block), hash)) {
      calls.across(before, key, takeBack);
      calls.across(after, key, visit);
      if (++looked % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
    }
  }
  calls.settle();
  // Pages that were read once, for each block that came: in time they would fill the cache.
  for (const { pages } of read) pages.forgetRows();
}

/** The list itself when all of it is left: mostly blocks come, and none leaves. */
function without(blocks: readonly Block[], isLeftOut: (block: Block) => boolean): readonly Block[] {
  return blocks.some(isLeftOut) ? blocks.filter((block) => !isLeftOut(block)) : blocks;
}

/** Traces with a hash of the blocks that are meant, each once. */
function tracesIn(
  blocks: readonly Block[],
  isMeant: (block: Block) => boolean,
  hash: number,
): readonly TraceKey[] {
  let keys: readonly TraceKey[] = [];
  for (const block of blocks) {
    if (!isMeant(block)) continue;
    const more = block.tracesOf(hash);
    keys = keys.length === 0 ? more : [...keys, ...more.filter((key) => !hasKey(keys, key))];
  }
  return keys;
}

function hasKey(keys: readonly TraceKey[], { words }: TraceKey): boolean {
  return keys.some((key) => words.every((word, at) => word === key.words[at]));
}

/** Hashes that several blocks of one time have, one of them changing, and all blocks that have them. */
async function sharedHashes(
  kept: readonly Block[],
  { added, removed }: BlockChange,
  slice: TimeSlice,
): Promise<ReadonlyMap<number, Block[]>> {
  const holders = new Map<number, Block[]>();
  for (const side of [removed, added]) {
    for (const [place, block] of side.entries()) {
      for (const other of [...kept, ...side.slice(0, place)]) {
        eachCommon(block.traceHashes(), other.traceHashes(), (hash) => {
          const known = holders.get(hash);
          if (known === undefined) {
            holders.set(hash, [other, block]);
            return;
          }
          addOnce(known, other);
          addOnce(known, block);
        });
        if (slice.isOver()) await slice.rest();
      }
    }
  }
  // A trace may be shared on one side of the change, and in a single block on the other.
  const shared = Uint32Array.from(holders.keys()).sort();
  for (const block of [...added, ...removed]) {
    eachCommon(block.traceHashes(), shared, (hash) => {
      addOnce(holders.get(hash) ?? [], block);
    });
  }
  return holders;
}

function addOnce(blocks: Block[], block: Block): void {
  if (!blocks.includes(block)) blocks.push(block);
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
