import { isIP } from 'node:net';

/**
 * Whether a request may be answered. A service that listens on the loopback interface trusts
 * everybody on this machine, and any web page could use that by giving its own name this
 * machine's address (DNS rebinding): such a request carries the page's name as its Host. Addresses
 * and `localhost` cannot be rebound; other names must be allowed. A service that listens
 * elsewhere is meant to be reached by names nobody here knows.
 */
export type HostCheck = (hostHeader: string | undefined) => boolean;

/** `allowed`: further names; `*` allows all. */
export function createHostCheck(listenHost: string, allowed: readonly string[]): HostCheck {
  if (!isLoopback(listenHost) || allowed.includes('*')) return () => true;
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (hostHeader) => {
    // Only HTTP/1.0 allows none, and no browser speaks that.
    if (hostHeader === undefined || hostHeader === '') return true;
    const name = nameOf(hostHeader);
    return isIP(name) !== 0 || isLocalName(name) || names.has(name);
  };
}

/** The Host header without its port, brackets and closing dot. */
function nameOf(hostHeader: string): string {
  const bracketed = /^\[(.*)\](?::\d*)?$/.exec(hostHeader)?.[1];
  return (bracketed ?? hostHeader.replace(/:\d*$/, '').replace(/\.$/, '')).toLowerCase();
}

function isLoopback(host: string): boolean {
  return isLocalName(host.toLowerCase()) || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
