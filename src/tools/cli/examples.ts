/** A command line and what it does. */
export type Example = readonly [line: string, meaning: string];

/** The examples part of a command's help. */
export function formatExamples(examples: readonly Example[]): string {
  const lines = examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}\n`;
}
