/** Parameters to set, or with undefined to remove. */
export type SearchChange = Readonly<Record<string, string | undefined>>;

/** The query of an address with some parameters changed: '' or with its question mark. */
export function changedSearch(search: string, change: SearchChange): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  const query = parameters.toString();
  return query === '' ? '' : `?${query}`;
}

/** Relative to the base path. The id stays as the address has it: it may leave zeros out. */
export function traceAddress(traceId: string, search: string): string {
  return `trace/${encodeURIComponent(traceId)}${search}`;
}

/** What only counts in another page's frame. */
export const NOT_IN_FRAME: SearchChange = {
  uiEmbed: undefined,
  uiTheme: undefined,
  uiTimelineCollapseTitle: undefined,
  uiTimelineHideMinimap: undefined,
  uiTimelineHideSummary: undefined,
};
