import { plural } from './counting.ts';

/** What every page may say. */
export const wording = {
  product: 'Jaeger UI',
  searchTitle: 'Search',
  skipToContent: 'Skip to content',
  mainNavigation: 'Main',
  about: 'About',
  aboutText: 'Jaeger-compatible tracing',
  version: (version: string) => `Version ${version}`,
  versionUnknown: 'Version unknown',
  lookupLabel: 'Open a trace by its id',
  lookupPlaceholder: 'Trace id',
  lookupInvalid: 'A trace id is 1 to 32 hexadecimal digits.',
  useLightTheme: 'Use the light theme',
  useDarkTheme: 'Use the dark theme',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  service: 'Service',
  allServices: 'All services',
  operation: 'Operation',
  allOperations: 'All operations',
  jaegerTerms: { tags: 'Tags', process: 'Process', logs: 'Logs' },
  openTelemetryTerms: { tags: 'Attributes', process: 'Resource', logs: 'Events' },
  noMatch: 'Nothing matches.',
  traceCount: (count: number) => plural(count, 'trace'),
  spans: (count: number) => plural(count, 'span'),
  errors: (count: number) => plural(count, 'error'),
  incomplete: 'Incomplete',
  noRoot: 'No root span',
  failedTitle: 'This did not work',
  failedNetwork:
    'The query service does not answer. Check that it runs and that this address reaches it.',
  failedStatus: (status: number, message: string) =>
    `The query service answered ${status}: ${message}`,
  failedForbidden: 'You are not allowed to see this. Sign in again or ask for access.',
  failedShape:
    'The query service answered something this page does not understand. It may be an older version, or a proxy in between.',
  tryAgain: 'Try again',
  pageMissingTitle: 'There is no such page',
  goToSearch: 'Go to search',
} as const;
