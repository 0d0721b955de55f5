/**
 * grpc-js packs what failed into what each of its layers says: "round_robin: No connection established.
 * Last error: … Last error: Error: connect ECONNREFUSED 10.0.0.1:4317. Resolution note: ".
 */
export function failureText(details: string): string {
  const [innermost = details] = details.split(LAST_ERROR).slice(-1);
  return innermost
    .replace(/^Error: /, '')
    .replace(/\s*(\([0-9TZ:.-]+\))?\.\s*Resolution note:\s*$/, '')
    .trim();
}

const LAST_ERROR = 'Last error: ';
const FORGOTTEN = 'null';

/** The texts of the failures of one client; `target` is what it calls. */
export function createFailureTexts(target: string): (details: string) => string {
  let last: string | undefined;
  return (details) => {
    const text = failureText(details);
    // Whenever it looks up the name again grpc-js forgets why there was no connection.
    if (text === FORGOTTEN) return last ?? `no connection to ${target} can be made`;
    if (details.includes(LAST_ERROR)) last = text;
    return text;
  };
}
