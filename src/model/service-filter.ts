/** Of a trace: all its services, and those of its root spans. */
export interface TraceServices {
  readonly all: readonly string[];
  readonly roots: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The services that Jaeger's `svcFilter=<checksum>.<bitmask>` leaves out. A text of another trace's
 * services, or one that would leave nothing to look at, leaves out none.
 */
export function parseServiceFilter(text: string, services: TraceServices): ReadonlySet<string> {
  const [, checksum, mask] = /^([0-9a-f]+)\.([0-9a-f]+)$/.exec(text) ?? [];
  if (checksum === undefined || mask === undefined) return NONE;
  const sorted = services.all.toSorted();
  if (checksum !== servicesChecksum(sorted)) return NONE;
  const shown = BigInt(`0x${mask}`);
  const hidden = sorted.filter((_, index) => ((shown >> BigInt(index)) & 1n) === 0n);
  return hidden.length === sorted.length ? NONE : allowedHidden(new Set(hidden), services);
}

/** Undefined when nothing is hidden. */
export function serviceFilterText(
  hidden: ReadonlySet<string>,
  services: TraceServices,
): string | undefined {
  const sorted = services.all.toSorted();
  let shown = 0n;
  let all = 0n;
  for (const [index, name] of sorted.entries()) {
    const bit = 1n << BigInt(index);
    all |= bit;
    if (!hidden.has(name)) shown |= bit;
  }
  return shown === all ? undefined : `${servicesChecksum(sorted)}.${shown.toString(16)}`;
}

/** True when hiding these would take the last root away, and with it everything. */
export function hidesAllRoots(hidden: ReadonlySet<string>, { roots }: TraceServices): boolean {
  return [...roots].every((name) => hidden.has(name));
}

/** The only root stays; a filter that hides every one of several roots is none. */
function allowedHidden(hidden: ReadonlySet<string>, services: TraceServices): ReadonlySet<string> {
  if (!hidesAllRoots(hidden, services)) return hidden;
  if (services.roots.size > 1) return NONE;
  return new Set([...hidden].filter((name) => !services.roots.has(name)));
}

/** Jaeger's: an FNV of 16 bits over the names, so that a link to another list of services shows. */
function servicesChecksum(sorted: readonly string[]): string {
  const names = sorted.join('\0');
  let sum = 0x811c;
  for (let i = 0; i < names.length; i++) {
    sum = Math.imul(sum ^ names.charCodeAt(i), 0x0101) & 0xffff;
  }
  return sum.toString(16);
}
