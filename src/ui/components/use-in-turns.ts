import { useEffect, useMemo, useState } from 'react';
import { doInTurns, runToEnd } from '../../model/in-turns.ts';
import type { InTurns } from '../../model/in-turns.ts';
import { createPageTurn } from '../in-turns.ts';

interface TurnedOut<Result> {
  /** Undefined until there is a first one; then the last one, until there is another. */
  readonly result: Result | undefined;
  /** Whether another one is being made, or the work is not known yet. */
  readonly pending: boolean;
}

type Start<Result> = () => InTurns<Result>;

interface Outcome<Result> {
  readonly start: Start<Result>;
  readonly result?: Result;
  readonly error?: Error;
}

/**
 * What work in turns results in: at once where there is little of it, else with time for the page in
 * between. `start` decides the result: keep it while nothing changes; undefined: there is no work yet.
 */
export function useInTurns<Result>(
  start: Start<Result> | undefined,
  isLittle: boolean,
): TurnedOut<Result> {
  const [later, setLater] = useState<Outcome<Result>>();
  const now = useMemo(
    () => (isLittle && start !== undefined ? { result: runToEnd(start()) } : undefined),
    [isLittle, start],
  );
  useEffect(() => {
    if (isLittle || start === undefined) return undefined;
    const stopping = new AbortController();
    doInTurns(start(), createPageTurn(stopping.signal)).then(
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
  return { result: later?.result, pending: start === undefined || later?.start !== start };
}
