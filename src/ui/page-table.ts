import type { UiConfig } from './config/ui-config.ts';
import { lazyPage, type LazyPage } from './lazy-page.ts';
import { text } from './text/common-text.ts';

interface PageEntry extends LazyPage {
  /** For a page that the header leads to. */
  readonly nav?: {
    readonly label: (config: UiConfig) => string;
    readonly isShown: (config: UiConfig) => boolean;
    /** Where it leads to, when that is not the first part of the path alone. */
    readonly href?: string;
  };
  /** A page whose state belongs to its id begins anew with another one. */
  readonly newForEachId?: boolean;
}

/** By the first part of the path, in the header's order. */
export const PAGES: ReadonlyMap<string, PageEntry> = new Map<string, PageEntry>([
  [
    'search',
    {
      ...lazyPage(async () => (await import('./pages/search/search-page.tsx')).SearchPage),
      nav: { label: () => text.searchTitle, isShown: () => true },
    },
  ],
  [
    'trace',
    {
      ...lazyPage(async () => (await import('./pages/trace/trace-page.tsx')).TracePage),
      newForEachId: true,
    },
  ],
  [
    'compare',
    {
      ...lazyPage(async () => (await import('./pages/compare/compare-page.tsx')).ComparePage),
      nav: { label: () => text.compareTitle, isShown: () => true, href: 'trace/...' },
    },
  ],
  [
    'dependencies',
    {
      ...lazyPage(
        async () => (await import('./pages/architecture/architecture-page.tsx')).ArchitecturePage,
      ),
      nav: {
        label: () => text.architectureTitle,
        isShown: ({ graphs }) => graphs.architectureInMenu,
      },
    },
  ],
  [
    'deep-dependencies',
    {
      ...lazyPage(
        async () =>
          (await import('./pages/deep-dependencies/deep-dependencies-page.tsx'))
            .DeepDependenciesPage,
      ),
      nav: {
        label: () => text.deepDependenciesTitle,
        isShown: ({ graphs }) => graphs.deepDependenciesInMenu,
      },
    },
  ],
  [
    'quality-metrics',
    {
      ...lazyPage(async () => (await import('./pages/quality/quality-page.tsx')).QualityPage),
      nav: {
        label: ({ qualityMetrics }) => qualityMetrics.menuLabel || text.qualityTitle,
        isShown: ({ qualityMetrics }) => qualityMetrics.menuEnabled,
      },
    },
  ],
  [
    'monitor',
    {
      ...lazyPage(async () => (await import('./pages/monitor/monitor-page.tsx')).MonitorPage),
      nav: {
        label: () => text.monitorTitle,
        isShown: ({ capabilities, monitor }) => capabilities.metricsStorage && monitor.menuEnabled,
      },
    },
  ],
]);
