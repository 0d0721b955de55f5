import { isFollowable } from '../../model/safe-link.ts';
import type { ConfigReader } from './config-reader.ts';

/** A link, or a group of links behind one word. */
export type MenuEntry = MenuLink | MenuGroup;

export interface MenuLink {
  readonly type: 'link';
  readonly label: string;
  /** '' for a line that only says something. */
  readonly url: string;
  readonly newPage: boolean;
}

export interface MenuGroup {
  readonly type: 'group';
  readonly label: string;
  readonly links: readonly MenuLink[];
}

/** Jaeger's key `menu`; what cannot be shown is left out. */
export function readMenu(entries: readonly ConfigReader[]): readonly MenuEntry[] {
  return entries.flatMap((entry): readonly MenuEntry[] => {
    if (!entry.has('items')) return readMenuLink(entry);
    const label = entry.text('label');
    const links = entry.list('items').flatMap(readMenuLink);
    return label === undefined || links.length === 0 ? [] : [{ type: 'group', label, links }];
  });
}

function readMenuLink(link: ConfigReader): readonly MenuLink[] {
  const label = link.text('label');
  const url = link.text('url') ?? '';
  if (label === undefined) {
    link.refuse('', 'a label, with or without a url');
    return [];
  }
  if (!isFollowable(url)) {
    link.refuse('url', 'relative, or http, https or mailto');
    return [];
  }
  // Jaeger's anchorTarget is an attribute's value; only leaving this page or not has a meaning.
  return [{ type: 'link', label, url, newPage: link.text('anchorTarget') !== '_self' }];
}
