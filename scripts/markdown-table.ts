/** A Markdown table; a bar or a line break inside a cell stays inside it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code; an empty one stays empty. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
