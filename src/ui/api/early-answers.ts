/** Where `start.js` leaves what it has asked for before the app is there: a Map by address. */
const PLACE = 'earlyAnswers';

/** An answer that was asked for early, for who would ask now. Each is given away once. */
export function takeEarlyAnswer(href: string, signal: AbortSignal): Promise<Response> | undefined {
  const answers: unknown = Reflect.get(globalThis, PLACE);
  if (!(answers instanceof Map)) return undefined;
  const answer: unknown = answers.get(href);
  answers.delete(href);
  return answer instanceof Promise ? unlessAborted(answer, signal) : undefined;
}

async function unlessAborted(answer: Promise<unknown>, signal: AbortSignal): Promise<Response> {
  const response = await answer;
  if (!(response instanceof Response)) throw new TypeError('start.js has left something else');
  if (signal.aborted) await response.body?.cancel();
  signal.throwIfAborted();
  return response;
}
