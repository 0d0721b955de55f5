import { createContext, useContext } from 'react';
import type { Theme } from '../theme.ts';

/** What another page that shows this one in a frame has asked for in the address. */
export interface Embed {
  readonly embedded: boolean;
  readonly hideGraph: boolean;
  readonly collapseTitle: boolean;
  readonly hideMinimap: boolean;
  readonly hideSummary: boolean;
  readonly theme: Theme | undefined;
}

const NOT_EMBEDDED: Embed = {
  embedded: false,
  hideGraph: false,
  collapseTitle: false,
  hideMinimap: false,
  hideSummary: false,
  theme: undefined,
};

/** Jaeger's parameters. They count only with `uiEmbed=v0`, and stay for all pages that follow. */
export function readEmbed(search: string): Embed {
  const url = new URLSearchParams(search);
  if (url.get('uiEmbed') !== 'v0') return NOT_EMBEDDED;
  const theme = url.get('uiTheme');
  return {
    embedded: true,
    hideGraph: url.get('uiSearchHideGraph') === '1',
    collapseTitle: url.get('uiTimelineCollapseTitle') === '1',
    hideMinimap: url.get('uiTimelineHideMinimap') === '1',
    hideSummary: url.get('uiTimelineHideSummary') === '1',
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
  };
}

export const EmbedContext = createContext<Embed>(NOT_EMBEDDED);

export function useEmbed(): Embed {
  return useContext(EmbedContext);
}
