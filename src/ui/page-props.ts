/** What a page knows of its address. */
export interface PageProps {
  /** The path after the page's name: a trace id, two ids to compare; '' for nothing. */
  readonly id: string;
  /** The address's query with its question mark, or ''. */
  readonly search: string;
}
