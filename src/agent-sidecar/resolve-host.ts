import { lookup } from 'node:dns/promises';

/** All addresses of a name, at least one; an address stands for itself. Rejects when there is none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** As the system resolves names: hosts file, search domains and all. */
export const systemResolveHost: ResolveHost = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};
