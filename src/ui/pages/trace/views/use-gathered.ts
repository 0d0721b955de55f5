import { useMemo } from 'react';
import type { Gathering } from '../../../../model/gathering.ts';
import { eachInTurns } from '../../../../model/in-turns.ts';
import type { InTurns } from '../../../../model/in-turns.ts';
import { useInTurns } from '../../../components/use-in-turns.ts';

/** So many items are gone through at once, without a page in between that lacks the result. */
const AT_ONCE_MAX = 3_000;

/**
 * What a gathering finds out about many items, in turns with time for the page in between. The items
 * and `start` decide the result: keep both while nothing changes.
 */
export function useGathered<Item, Result>(
  items: readonly Item[] | undefined,
  start: () => Gathering<Item, Result>,
): ReturnType<typeof useInTurns<Result>> {
  const work = useMemo(
    () => (items === undefined ? undefined : () => gatherInTurns(items, start())),
    [items, start],
  );
  return useInTurns(work, items !== undefined && items.length <= AT_ONCE_MAX);
}

function* gatherInTurns<Item, Result>(
  items: readonly Item[],
  gathering: Gathering<Item, Result>,
): InTurns<Result> {
  yield* eachInTurns(items, gathering.add);
  return gathering.result();
}
