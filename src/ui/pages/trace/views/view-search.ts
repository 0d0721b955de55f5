/** Reads a parameter of a view's own from the address's query; '' when it is not there. */
export function viewParam(search: string, name: string): string {
  return new URLSearchParams(search).get(name) ?? '';
}

/** One of some choices; the first where the address names none of them. */
export function viewChoice<Choice extends string>(
  search: string,
  name: string,
  choices: readonly [Choice, ...(readonly Choice[])],
): Choice {
  const wanted = viewParam(search, name);
  return choices.find((choice) => choice === wanted) ?? choices[0];
}
