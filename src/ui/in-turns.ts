import type { PageTurn } from './page-turn.ts';

/** Does long work in its steps, between which the page can answer. @throws the reason of its signal */
export async function inTurns<Result>(
  steps: Generator<undefined, Result>,
  turn: PageTurn,
): Promise<Result> {
  for (;;) {
    await turn();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
