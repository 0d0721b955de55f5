import { type ComponentType, lazy } from 'react';
import type { UiConfig } from './config/ui-config.ts';
import type { PageProps } from './page-props.ts';
import { text } from './text/common-text.ts';

interface PageEntry {
  /** Each page is a file of its own, loaded when it is opened. */
  readonly Page: ComponentType<PageProps>;
  /** For a page that the header leads to. */
  readonly nav?: {
    readonly label: (config: UiConfig) => string;
    readonly isShown: (config: UiConfig) => boolean;
  };
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
      nav: { label: () => text.searchTitle, isShown: () => true },
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
  [
    'quality-metrics',
    {
      Page: lazy(async () => ({
        default: (await import('./pages/quality/quality-page.tsx')).QualityPage,
      })),
      nav: {
        label: ({ qualityMetrics }) => qualityMetrics.menuLabel || text.qualityTitle,
        isShown: ({ qualityMetrics }) => qualityMetrics.menuEnabled,
      },
    },
  ],
]);
