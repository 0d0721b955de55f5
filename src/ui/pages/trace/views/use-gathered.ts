import { useEffect, useMemo, useState } from 'react';
import type { Gathering } from '../../../../model/gathering.ts';
import { inPieces } from '../../../in-pieces.ts';

/** So many items are gone through at once, without a page in between that lacks the result. */
const AT_ONCE_MAX = 3_000;

interface Gathered<Result> {
  /** Undefined until there is a first one; then the last one, until there is another. */
  readonly result: Result | undefined;
  /** Whether another one is being found out. */
  readonly pending: boolean;
}

interface Outcome<Item, Result> {
  readonly items: readonly Item[];
  readonly start: () => Gathering<Item, Result>;
  readonly result?: Result;
  readonly error?: Error;
}

/**
 * What a gathering finds out about many items, in pieces with time for the page in between. The
 * items and `start` decide the result: keep both while nothing changes.
 */
export function useGathered<Item, Result>(
  items: readonly Item[] | undefined,
  start: () => Gathering<Item, Result>,
): Gathered<Result> {
  const few = items !== undefined && items.length <= AT_ONCE_MAX;
  const [later, setLater] = useState<Outcome<Item, Result>>();
  const now = useMemo(() => (few ? gatherAtOnce(items, start()) : undefined), [few, items, start]);
  useEffect(() => {
    if (few || items === undefined) return undefined;
    const stopping = new AbortController();
    const gathering = start();
    inPieces(items, stopping.signal, gathering.add)
      .then(() => {
        if (!stopping.signal.aborted) setLater({ items, start, result: gathering.result() });
      })
      .catch((cause: unknown) => {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        setLater({ items, start, error });
      });
    return () => {
      stopping.abort();
    };
  }, [few, items, start]);
  if (now !== undefined) return { result: now.result, pending: false };
  if (later?.error !== undefined) throw later.error;
  return {
    result: later?.result,
    pending: later === undefined || later.items !== items || later.start !== start,
  };
}

function gatherAtOnce<Item, Result>(
  items: readonly Item[],
  gathering: Gathering<Item, Result>,
): { readonly result: Result } {
  for (const item of items) gathering.add(item);
  return { result: gathering.result() };
}
