import { Buffer } from 'node:buffer';
import { SPAN_KINDS } from '../../model/span.ts';
import type { SpanKind } from '../../model/span.ts';
import type { Operation } from '../../model/trace-query.ts';

/** Stands for all names beyond the limits below. */
const OTHER = Buffer.from('__other__');
export const SERVICES_MAX = 10_000;
/** Operations of one service. */
export const OPERATIONS_MAX = 5_000;
/** Objects around a name, roughly. */
const ENTRY_BYTES = 300;

export interface ServiceName {
  readonly name: string;
  readonly bytes: Buffer;
  readonly hash: number;
  /** Stands for several names. */
  readonly isOther: boolean;
  readonly operations: Map<number, OperationName>;
  operationCount: number;
  /** The next service whose name has the same hash. */
  next: ServiceName | undefined;
}

export interface OperationName {
  /** What the rows of a segment hold. Numbers of names that are gone are used again. */
  readonly number: number;
  readonly service: ServiceName;
  readonly name: string;
  readonly bytes: Buffer;
  readonly kind: number;
  readonly hash: number;
  readonly isOther: boolean;
  spans: number;
  next: OperationName | undefined;
}

/**
 * Services and operations that have a span, by their bytes: a string is made once a name, not once
 * a span. Both are bounded; names beyond become one name `__other__`, and are counted.
 */
export class NameIndex {
  retainedBytes = 0;
  /** Spans whose service or operation is not listed by its name. */
  otherSpans = 0;
  readonly operations: (OperationName | undefined)[] = [];
  private readonly freeNumbers: number[] = [];
  private readonly services = new Map<number, ServiceName>();
  private serviceCount = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Call `operation` for each service before the next call of this: one without any is not kept. */
  service(source: Buffer, start: number, end: number): ServiceName {
    const hash = hashBytes(this.seed, source, start, end);
    const found = findName(this.services.get(hash), source, start, end);
    if (found !== undefined) return found;
    const bytes = copyOf(source, start, end);
    const isOther = OTHER.equals(bytes);
    if (!isOther && this.serviceCount >= SERVICES_MAX) {
      return this.service(OTHER, 0, OTHER.length);
    }
    const name = bytes.toString();
    const next = this.services.get(hash);
    const operations = new Map<number, OperationName>();
    const service = { name, bytes, hash, isOther, operations, operationCount: 0, next };
    this.services.set(hash, service);
    this.serviceCount += 1;
    this.retainedBytes += ENTRY_BYTES + 2 * bytes.length;
    return service;
  }

  /** Counts one span of an operation and returns its number. */
  addSpan(service: ServiceName, kind: number, name: NameRange): number {
    const { source, start, end } = name;
    const hash = hashBytes(this.seed ^ kind, source, start, end);
    let found = findName(service.operations.get(hash), source, start, end);
    while (found !== undefined && found.kind !== kind) {
      found = findName(found.next, source, start, end);
    }
    if (found === undefined) {
      const bytes = copyOf(source, start, end);
      const isOther = OTHER.equals(bytes);
      if (!isOther && service.operationCount >= OPERATIONS_MAX) {
        return this.addSpan(service, kind, { source: OTHER, start: 0, end: OTHER.length });
      }
      found = this.createOperation(service, { kind, hash, isOther }, bytes);
    }
    if (found.isOther || service.isOther) this.otherSpans += 1;
    found.spans += 1;
    return found.number;
  }

  /** Takes one span away; names without spans are forgotten. */
  removeSpan(number: number): void {
    const operation = this.operations[number];
    if (operation === undefined) return;
    operation.spans -= 1;
    if (operation.isOther || operation.service.isOther) this.otherSpans -= 1;
    if (operation.spans > 0) return;
    const { service } = operation;
    unlink(service.operations, operation);
    this.operations[number] = undefined;
    this.freeNumbers.push(number);
    this.retainedBytes -= ENTRY_BYTES + 2 * operation.bytes.length;
    service.operationCount -= 1;
    if (service.operationCount > 0) return;
    unlink(this.services, service);
    this.serviceCount -= 1;
    this.retainedBytes -= ENTRY_BYTES + 2 * service.bytes.length;
  }

  serviceNames(): readonly string[] {
    const names = new Set<string>();
    for (const operation of this.operations) {
      if (operation !== undefined && operation.service.name !== '')
        names.add(operation.service.name);
    }
    return [...names].sort();
  }

  operationsOf(service: string, kind: SpanKind | undefined): readonly Operation[] {
    // Different invalid UTF-8 can read the same, so equal texts are merged.
    const found = new Map<string, Operation>();
    for (const operation of this.operations) {
      if (operation?.service.name !== service) continue;
      const spanKind = SPAN_KINDS[operation.kind] ?? 'unspecified';
      if (kind !== undefined && kind !== spanKind) continue;
      found.set(`${spanKind} ${operation.name}`, { name: operation.name, spanKind });
    }
    return [...found.values()].sort(byNameAndKind);
  }

  private createOperation(
    service: ServiceName,
    { kind, hash, isOther }: { kind: number; hash: number; isOther: boolean },
    bytes: Buffer,
  ): OperationName {
    const number = this.freeNumbers.pop() ?? this.operations.length;
    const next = service.operations.get(hash);
    const name = bytes.toString();
    const operation = { number, service, name, bytes, kind, hash, isOther, spans: 0, next };
    service.operations.set(hash, operation);
    service.operationCount += 1;
    this.operations[number] = operation;
    this.retainedBytes += ENTRY_BYTES + 2 * bytes.length;
    return operation;
  }
}

/** Where the bytes of a name are; one object may be filled in again for each span. */
export interface NameRange {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

interface Named<T> {
  readonly bytes: Buffer;
  readonly hash: number;
  next: T | undefined;
}

function findName<T extends Named<T>>(
  first: T | undefined,
  source: Buffer,
  start: number,
  end: number,
): T | undefined {
  for (let entry = first; entry !== undefined; entry = entry.next) {
    if (isSame(entry.bytes, source, start, end)) return entry;
  }
  return undefined;
}

function isSame(bytes: Buffer, source: Buffer, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== source[start + at]) return false;
  }
  return true;
}

function unlink<T extends Named<T>>(map: Map<number, T>, entry: T): void {
  const first = map.get(entry.hash);
  if (first === entry) {
    if (entry.next === undefined) map.delete(entry.hash);
    else map.set(entry.hash, entry.next);
    return;
  }
  for (let before = first; before !== undefined; before = before.next) {
    if (before.next === entry) before.next = entry.next;
  }
}

function copyOf(source: Buffer, start: number, end: number): Buffer {
  return Buffer.from(source.subarray(start, end));
}

/** Four bytes at a time: a chain of multiplications is what takes long. */
function hashBytes(seed: number, bytes: Buffer, start: number, end: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash = (hash << 13) | (hash >>> 19);
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}

function byNameAndKind(a: Operation, b: Operation): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.spanKind < b.spanKind ? -1 : 1;
}
