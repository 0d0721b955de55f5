import { attributeText } from './attribute-text.ts';
import type { InTurns } from './in-turns.ts';
import type { AttributeValue, Resource, Span } from './span.ts';
import { SpanIdIndex, spanIdText } from './span-id-index.ts';

/** Columns of the spans of a trace; a row that is left out is none of them. */
export interface SkewRows {
  readonly count: number;
  /** Two words a row. */
  readonly spanIds: Uint32Array;
  /** The same; zero for a row without a parent. */
  readonly parentSpanIds: Uint32Array;
  readonly startsNano: BigUint64Array;
  /** Not negative. */
  readonly durationsNano: Float64Array;
  /** '' where nobody says; such a span shares its host with none. */
  readonly hosts: readonly string[];
  readonly leftOut: ReadonlySet<number>;
  /** Rows by their span ids, when those are known to be there once each. */
  readonly byId?: SpanIdIndex | undefined;
}

/** What is wrong with the time of a span, and by how much it is put right. */
export interface RowSkew {
  readonly shiftNano: bigint;
  readonly warnings: readonly string[];
}

interface Step {
  readonly row: number;
  readonly parent: number;
  readonly host: string;
  readonly deltaNano: bigint;
}

const NONE = -1;
/** A millisecond or two of work. */
const ROWS_A_STEP = 4096;

/**
 * Where a call changes the host and the child does not lie inside its parent, what ran on the
 * child's host is shifted so that the time on the way is split evenly. Differences above `maxSkewMs`
 * are only named in a warning. By row, only those with something to say.
 */
export function* findClockSkew(
  rows: SkewRows,
  maxSkewMs: number,
): InTurns<ReadonlyMap<number, RowSkew>> {
  const found = new Map<number, RowSkew>();
  const tree = yield* linkRows(rows, found);
  const open = tree.roots.map((row): Step => ({
    row,
    parent: NONE,
    host: rows.hosts[row] ?? '',
    deltaNano: 0n,
  }));
  let visited = 0;
  // An own stack: traces may be deeper than the call stack.
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (++visited % ROWS_A_STEP === 0) yield;
    const { deltaNano, host } = visit(step, { rows, found, maxSkewMs });
    const { row } = step;
    for (let child = tree.firstChild[row] ?? NONE; child !== NONE;) {
      open.push({ row: child, parent: row, host, deltaNano });
      child = tree.nextSibling[child] ?? NONE;
    }
  }
  return found;
}

interface Tree {
  readonly roots: readonly number[];
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
}

/** Hangs each row below its parent. A circle of parents has no root. */
function* linkRows(rows: SkewRows, found: Map<number, RowSkew>): InTurns<Tree> {
  const { count, leftOut, parentSpanIds, spanIds } = rows;
  const byId = rows.byId ?? (yield* rowsById(rows, found));
  const roots: number[] = [];
  const firstChild = new Int32Array(count).fill(NONE);
  const nextSibling = new Int32Array(count).fill(NONE);
  for (let row = 0; row < count; row++) {
    if (row % ROWS_A_STEP === 0) yield;
    if (leftOut.has(row)) continue;
    const isRoot = hasNoParent(rows, row);
    const parent = isRoot ? NONE : rowOf(byId, parentSpanIds, row);
    if (parent === NONE) {
      if (!isRoot) warn(found, row, missingParent(spanIdText(parentSpanIds, row)));
      roots.push(row);
    } else if (rowOf(byId, spanIds, row) === row) {
      nextSibling[row] = firstChild[parent] ?? NONE;
      firstChild[parent] = row;
    }
  }
  return { roots, firstChild, nextSibling };
}

/** A span that is its own parent has none. */
function hasNoParent({ parentSpanIds, spanIds }: SkewRows, row: number): boolean {
  const [high, low] = [parentSpanIds[2 * row], parentSpanIds[2 * row + 1]];
  if (high === 0 && low === 0) return true;
  return high === spanIds[2 * row] && low === spanIds[2 * row + 1];
}

function rowOf(byId: SpanIdIndex, ids: Uint32Array, row: number): number {
  return byId.find(ids[2 * row] ?? 0, ids[2 * row + 1] ?? 0);
}

function* rowsById(
  { count, leftOut, spanIds }: SkewRows,
  found: Map<number, RowSkew>,
): InTurns<SpanIdIndex> {
  const byId = new SpanIdIndex(spanIds);
  for (let row = 0; row < count; row++) {
    if (row % ROWS_A_STEP === 0) yield;
    if (leftOut.has(row) || byId.add(row) === row) continue;
    warn(found, row, 'duplicate span IDs; skipping clock skew adjustment');
  }
  return byId;
}

function missingParent(id: string): string {
  return `parent span ID=${id} is not in the trace; skipping clock skew adjustment`;
}

function warn(found: Map<number, RowSkew>, row: number, text: string, shiftNano = 0n): void {
  const before = found.get(row);
  found.set(row, {
    shiftNano: (before?.shiftNano ?? 0n) + shiftNano,
    warnings: [...(before?.warnings ?? []), text],
  });
}

interface Visited {
  readonly rows: SkewRows;
  readonly found: Map<number, RowSkew>;
  readonly maxSkewMs: number;
}

function visit(step: Step, visited: Visited): Pick<Step, 'host' | 'deltaNano'> {
  const { parent, row } = step;
  const host = visited.rows.hosts[row] ?? '';
  const isAway = parent !== NONE && (host === '' || host !== step.host);
  const deltaNano = isAway ? deltaOf(row, parent, visited) : step.deltaNano;
  shift(row, deltaNano, visited);
  return { host: isAway ? host : step.host, deltaNano };
}

function deltaOf(row: number, parent: number, { rows, found }: Visited): bigint {
  const startOf = (at: number): bigint =>
    (rows.startsNano[at] ?? 0n) + (found.get(at)?.shiftNano ?? 0n);
  const duration = BigInt(rows.durationsNano[row] ?? 0);
  const parentDuration = BigInt(rows.durationsNano[parent] ?? 0);
  const [start, parentStart] = [startOf(row), startOf(parent)];
  if (duration > parentDuration) return start < parentStart ? parentStart - start : 0n;
  if (start >= parentStart && start + duration <= parentStart + parentDuration) return 0n;
  return parentStart + (parentDuration - duration) / 2n - start;
}

function shift(row: number, deltaNano: bigint, { found, maxSkewMs }: Visited): void {
  if (deltaNano === 0n) return;
  const size = deltaNano < 0n ? -deltaNano : deltaNano;
  const delta = goDuration(deltaNano);
  const maxNano = BigInt(Math.round(maxSkewMs * 1e6));
  if (maxSkewMs === 0) {
    warn(found, row, `clock skew adjustment disabled; not applying calculated delta of ${delta}`);
  } else if (size > maxNano) {
    const max = goDuration(maxNano);
    warn(
      found,
      row,
      `max clock skew adjustment delta of ${max} exceeded; not applying calculated delta of ${delta}`,
    );
  } else {
    warn(found, row, `This span's timestamps were adjusted by ${delta}`, deltaNano);
  }
}

/** The span as its clock should have shown it. */
export function withoutSkew(span: Span, { shiftNano, warnings }: RowSkew): Span {
  return {
    ...span,
    startTimeUnixNano: span.startTimeUnixNano + shiftNano,
    endTimeUnixNano: span.endTimeUnixNano + shiftNano,
    events: span.events.map((event) => ({
      ...event,
      timeUnixNano: event.timeUnixNano + shiftNano,
    })),
    warnings: [...span.warnings, ...warnings],
  };
}

/** '' when the resource does not say. */
export function hostOf(resource: Resource): string {
  const valueOf = (name: string): AttributeValue | undefined =>
    resource.attributes.find(({ key }) => key === name)?.value;
  const id = valueOf('host.id');
  if (id !== undefined) return id.type === 'string' ? id.value : '';
  const ip = valueOf('host.ip');
  if (ip?.type === 'string') return ip.value;
  const [firstIp] = ip?.type === 'array' ? ip.values : [];
  if (firstIp !== undefined) return attributeText(firstIp);
  const name = valueOf('host.name');
  return name?.type === 'string' ? name.value : '';
}

/** As Go writes a duration. */
function goDuration(nano: bigint): string {
  const sign = nano < 0n ? '-' : '';
  const size = Number(nano < 0n ? -nano : nano);
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const minutes = Math.floor(size / 60e9);
  const seconds = `${(size % 60e9) / 1e9}s`;
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${minutes % 60}m${seconds}`;
}
