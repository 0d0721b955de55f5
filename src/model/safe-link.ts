const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** The address when the whole value is one that may be followed; undefined for any other text. */
export function safeLink(value: string): string | undefined {
  if (!/^(?:https?:\/\/|mailto:)\S+$/i.test(value)) return undefined;
  const url = URL.parse(value);
  return url !== null && PROTOCOLS.has(url.protocol) ? url.href : undefined;
}

/** True for an address that is relative or of a protocol that may be followed. */
export function isFollowable(href: string): boolean {
  const url = URL.parse(href, 'https://relative.invalid/');
  return url !== null && PROTOCOLS.has(url.protocol);
}
