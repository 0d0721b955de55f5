import { useEffect, useMemo, useState } from 'react';
import { allSteps } from '../../model/all-steps.ts';
import { inTurns } from '../in-turns.ts';
import { createPageTurn } from '../page-turn.ts';

interface InTurns<Result> {
  /** Undefined until there is a first one; then the last one, until there is another. */
  readonly result: Result | undefined;
  /** Whether another one is being made. */
  readonly pending: boolean;
}

type Start<Result> = () => Generator<undefined, Result>;

interface Outcome<Result> {
  readonly start: Start<Result>;
  readonly result?: Result;
  readonly error?: Error;
}

/**
 * What work in steps results in: at once where there is little of it, else with time for the page in
 * between. `start` decides the result: keep it while nothing changes.
 */
export function useInTurns<Result>(start: Start<Result>, isLittle: boolean): InTurns<Result> {
  const [later, setLater] = useState<Outcome<Result>>();
  const now = useMemo(
    () => (isLittle ? { result: allSteps(start()) } : undefined),
    [isLittle, start],
  );
  useEffect(() => {
    if (isLittle) return undefined;
    const stopping = new AbortController();
    inTurns(start(), createPageTurn(stopping.signal)).then(
      (result) => {
        setLater({ start, result });
      },
      (cause: unknown) => {
        if (stopping.signal.aborted) return;
        setLater({ start, error: cause instanceof Error ? cause : new Error(String(cause)) });
      },
    );
    return () => {
      stopping.abort();
    };
  }, [isLittle, start]);
  if (now !== undefined) return { result: now.result, pending: false };
  if (later?.error !== undefined && later.start === start) throw later.error;
  return { result: later?.result, pending: later?.start !== start };
}
