/** Calls of one service by another in some time. */
export interface CallLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** A service among others. Calls of itself count on neither side. */
export interface CalledService {
  readonly name: string;
  readonly callers: number;
  readonly callees: number;
  /** Calls that it got. */
  readonly callsIn: number;
  /** Calls that it made. */
  readonly callsOut: number;
  readonly callsItself: number;
}

/** Every service of the links, by name. */
export function calledServices(links: readonly CallLink[]): readonly CalledService[] {
  const found = new Map<string, { -readonly [Key in keyof CalledService]: CalledService[Key] }>();
  const service = (name: string) => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const none = { name, callers: 0, callees: 0, callsIn: 0, callsOut: 0, callsItself: 0 };
    found.set(name, none);
    return none;
  };
  for (const { parent, child, callCount } of links) {
    const [from, to] = [service(parent), service(child)];
    if (from === to) {
      from.callsItself += callCount;
      continue;
    }
    from.callees += 1;
    from.callsOut += callCount;
    to.callers += 1;
    to.callsIn += callCount;
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name));
}

/**
 * The links among a service, whoever leads to it and whoever it leads to, up to `depth` calls away
 * on each side. Siblings that only share a callee with it are left out.
 */
export function linksAround(
  links: readonly CallLink[],
  focal: string,
  depth: number,
): readonly CallLink[] {
  const callers = reached(links, focal, depth, ({ parent, child }) => [child, parent]);
  const callees = reached(links, focal, depth, ({ parent, child }) => [parent, child]);
  const onOneSide = (side: ReadonlyMap<string, number>, { parent, child }: CallLink): boolean =>
    side.has(parent) && side.has(child);
  return links.filter((link) => onOneSide(callers, link) || onOneSide(callees, link));
}

/** Names of services with this in them, whatever the case; none for an empty text. */
export function servicesLike(names: readonly string[], find: string): ReadonlySet<string> {
  const wanted = find.trim().toLowerCase();
  if (wanted === '') return new Set();
  return new Set(names.filter((name) => name.toLowerCase().includes(wanted)));
}

/** Steps to each service within reach, breadth first. */
function reached(
  links: readonly CallLink[],
  focal: string,
  depth: number,
  ends: (link: CallLink) => readonly [from: string, to: string],
): ReadonlyMap<string, number> {
  const nexts = new Map<string, string[]>();
  for (const link of links) {
    const [from, to] = ends(link);
    const known = nexts.get(from);
    if (known === undefined) nexts.set(from, [to]);
    else known.push(to);
  }
  const steps = new Map([[focal, 0]]);
  // A map is walked in the order in which entries are added, those added on the way included.
  for (const [name, step] of steps) {
    if (step >= depth) break;
    for (const next of nexts.get(name) ?? []) if (!steps.has(next)) steps.set(next, step + 1);
  }
  return steps;
}

/** The same order in every language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
