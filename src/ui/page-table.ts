import { type ComponentType, lazy } from 'react';
import type { UiConfig } from './config/ui-config.ts';
import { text } from './text/common-text.ts';

export interface PageProps {
  /** The path after the page's name: a trace id, two ids to compare; '' for nothing. */
  readonly id: string;
  /** The address's query with its question mark, or ''. */
  readonly search: string;
}

interface PageEntry {
  /** Each page is a file of its own, loaded when it is opened. */
  readonly Page: ComponentType<PageProps>;
  /** For a page that the header leads to. */
  readonly nav?: { readonly label: string; readonly isShown: (config: UiConfig) => boolean };
  /** A page whose state belongs to its id begins anew with another one. */
  readonly newForEachId?: boolean;
}

/** By the first part of the path, in the header's order. */
export const PAGES: ReadonlyMap<string, PageEntry> = new Map<string, PageEntry>([
  [
    'search',
    {
      Page: lazy(async () => ({
        default: (await import('./pages/search/search-page.tsx')).SearchPage,
      })),
      nav: { label: text.searchTitle, isShown: () => true },
    },
  ],
  [
    'trace',
    {
      Page: lazy(async () => ({
        default: (await import('./pages/trace/trace-page.tsx')).TracePage,
      })),
      newForEachId: true,
    },
  ],
]);
