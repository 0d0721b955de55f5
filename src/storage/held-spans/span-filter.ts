import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../model/trace-query.ts';
import type { SpanRule } from '../../model/value-rule.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { AttributeMatcher, RESOURCE_ATTRIBUTE, SCOPE_ATTRIBUTE } from './attribute-condition.ts';
import type { OperationName } from './name-index.ts';
import { ruleTest } from './rule-test.ts';
import type { CreateRowTest } from './rule-test.ts';
import type { RangeColumns, Segment } from './segment.ts';
import type { TenantStore } from './tenant-store.ts';

const ERROR = STATUS_CODES.indexOf('error');

/** Verdicts on an operation, and on a resource or scope that has been looked at. */
const NO = 1;
const YES = 2;
/** The name stands for several: look at the span's own. */
const LOOK = 3;

/** What a query asks of a single span, but for the trace being kept. */
export class SpanFilter {
  private readonly query: TraceQuery;
  private readonly operations: Uint8Array;
  private readonly conditions: readonly CreateRowTest[];
  private readonly minWords: StartWords;
  private readonly maxWords: StartWords;

  /** @param rules of `query.filters` */
  constructor(query: TraceQuery, store: TenantStore, rules: readonly SpanRule[]) {
    this.query = query;
    this.operations = Uint8Array.from(store.names.operations, (name) => verdict(query, name));
    this.conditions = [...query.attributes.map(rowTestOf), ...rules.map(ruleTest)];
    this.minWords = startWords(query.startTimeMinNano);
    this.maxWords = startWords(query.startTimeMaxNano);
  }

  /** False when no span can match, whatever it holds. */
  isPossible(): boolean {
    const { startTimeMinNano, startTimeMaxNano } = this.query;
    if (startTimeMaxNano < 0n || startTimeMinNano > startTimeMaxNano) return false;
    return this.operations.some((found) => found > NO);
  }

  /** A test of the rows of one segment. */
  forSegment(segment: Segment): (row: number) => boolean {
    const tests = this.conditions.map((create) => create(segment));
    return (row) => {
      const operation = this.operations[segment.operations[row] ?? 0] ?? NO;
      if (operation <= NO) return false;
      if (!this.isInTime(segment, row)) return false;
      if (operation === LOOK && !this.hasNames(segment, row)) return false;
      for (const test of tests) if (!test(row)) return false;
      return true;
    };
  }

  private isInTime(segment: Segment, row: number): boolean {
    const high = segment.starts[2 * row] ?? 0;
    const low = segment.starts[2 * row + 1] ?? 0;
    if (isBefore(high, low, this.minWords)) return false;
    if (high > this.maxWords.high || (high === this.maxWords.high && low > this.maxWords.low)) {
      return false;
    }
    const { durationMinNano = -Infinity, durationMaxNano = Infinity } = this.query;
    const duration = segment.durationsNano[row] ?? 0;
    return duration >= durationMinNano && duration <= durationMaxNano;
  }

  private hasNames(segment: Segment, row: number): boolean {
    const { serviceName, operationName } = this.query;
    if (serviceName !== undefined) {
      const resource = segment.resourceRows[row] ?? 0;
      if (textAt(segment, segment.serviceNames, resource) !== serviceName) return false;
    }
    if (operationName === undefined) return true;
    const text = segment.bytes.toString('utf8', segment.nameStarts[row], segment.nameEnds[row]);
    return text === operationName;
  }
}

export interface StartWords {
  readonly high: number;
  readonly low: number;
}

export function isBefore(high: number, low: number, limit: StartWords): boolean {
  return high < limit.high || (high === limit.high && low < limit.low);
}

const TIME_MAX = 2n ** 64n - 1n;

export function startWords(nano: bigint): StartWords {
  const inRange = nano < 0n ? 0n : nano > TIME_MAX ? TIME_MAX : nano;
  return { high: Number(inRange >> 32n), low: Number(inRange & 0xffffffffn) };
}

function verdict(query: TraceQuery, name: OperationName | undefined): number {
  if (name === undefined) return NO;
  const { serviceName, operationName, spanKind } = query;
  if (spanKind !== undefined && SPAN_KINDS[name.kind] !== spanKind) return NO;
  const isOther = name.isOther || name.service.isOther;
  if (serviceName !== undefined && name.service.name !== serviceName && !name.service.isOther) {
    return NO;
  }
  if (isOther) return LOOK;
  return operationName === undefined || name.name === operationName ? YES : NO;
}

function textAt(segment: Segment, { starts, ends }: RangeColumns, row: number): string {
  return segment.bytes.toString('utf8', starts[row], ends[row]);
}

/** Names that mean a field of the span where no attribute has them. */
function rowTestOf(condition: AttributeCondition): CreateRowTest {
  const literal = anyLevelTest(condition);
  const { key, value } = condition;
  if (key === 'error' && value === 'true') return errorTest(literal, true);
  if (key === 'error' && value === 'false') {
    return errorTest(anyLevelTest({ key, value: 'true' }), false);
  }
  if (key === 'span.status') return either(literal, wordTest('statusCodes', STATUS_CODES, value));
  if (key === 'span.kind') return either(literal, wordTest('kinds', SPAN_KINDS, value));
  if (key === 'scope.name') return either(literal, scopeFieldTest(1, value));
  if (key === 'scope.version') return either(literal, scopeFieldTest(2, value));
  if (key.startsWith('resource.')) {
    return either(literal, resourceTest({ key: key.slice('resource.'.length), value }));
  }
  return literal;
}

function either(first: CreateRowTest, second: CreateRowTest): CreateRowTest {
  return (segment) => {
    const isFirst = first(segment);
    const isSecond = second(segment);
    return (row) => isSecond(row) || isFirst(row);
  };
}

/** A span is in error by its status, or by an attribute `error` that says so, as Jaeger v1 had it. */
function errorTest(tagged: CreateRowTest, wanted: boolean): CreateRowTest {
  return (segment) => {
    const isTagged = tagged(segment);
    return (row) => (segment.statusCodes[row] === ERROR || isTagged(row)) === wanted;
  };
}

function wordTest(
  column: 'kinds' | 'statusCodes',
  words: readonly string[],
  value: string,
): CreateRowTest {
  const number = words.indexOf(value.toLowerCase());
  return (segment) => (row) => segment[column][row] === number;
}

function anyLevelTest(condition: AttributeCondition): CreateRowTest {
  const matcher = new AttributeMatcher(condition);
  return (segment) => {
    const inResource = resourceLookup(segment, matcher);
    const inScope = scopeLookup(segment, matcher);
    return (row) =>
      inResource(segment.resourceRows[row] ?? 0) ||
      inScope(segment.scopeRows[row] ?? 0) ||
      matcher.inSpan({
        bytes: segment.bytes,
        start: segment.spanStarts[row] ?? 0,
        end: segment.spanEnds[row] ?? 0,
      });
  };
}

function resourceTest(condition: AttributeCondition): CreateRowTest {
  const matcher = new AttributeMatcher(condition);
  return (segment) => {
    const inResource = resourceLookup(segment, matcher);
    return (row) => inResource(segment.resourceRows[row] ?? 0);
  };
}

function resourceLookup(segment: Segment, matcher: AttributeMatcher): (row: number) => boolean {
  return remember(segment.resourceCount, (row) =>
    matcher.inMessage(rangeAt(segment, segment.resources, row), RESOURCE_ATTRIBUTE),
  );
}

function scopeLookup(segment: Segment, matcher: AttributeMatcher): (row: number) => boolean {
  return remember(segment.scopeCount, (row) =>
    matcher.inMessage(rangeAt(segment, segment.scopes, row), SCOPE_ATTRIBUTE),
  );
}

function scopeFieldTest(field: number, value: string): CreateRowTest {
  return (segment) => {
    const isMatch = remember(
      segment.scopeCount,
      (row) => stringField(rangeAt(segment, segment.scopes, row), field) === value,
    );
    return (row) => isMatch(segment.scopeRows[row] ?? 0);
  };
}

type Range = Parameters<AttributeMatcher['inSpan']>[0];

function rangeAt(segment: Segment, { starts, ends }: RangeColumns, row: number): Range {
  return { bytes: segment.bytes, start: starts[row] ?? 0, end: ends[row] ?? 0 };
}

function stringField({ bytes, start, end }: Range, field: number): string {
  const reader = new ProtobufReader(bytes, start, end);
  let text = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === field) text = reader.string();
    else reader.skip(tag);
  }
  return text;
}

/** Many spans share a resource and a scope: each is looked at once. */
function remember(count: number, isMatch: (row: number) => boolean): (row: number) => boolean {
  const verdicts = new Uint8Array(count);
  return (row) => {
    const known = verdicts[row];
    if (known === YES || known === NO) return known === YES;
    const found = isMatch(row);
    verdicts[row] = found ? YES : NO;
    return found;
  };
}
