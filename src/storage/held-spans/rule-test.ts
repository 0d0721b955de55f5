import type { Buffer } from 'node:buffer';
import type { FilterPlace, SpanField } from '../../model/search-filter.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import { isMet, isMetBy } from '../../model/value-rule.ts';
import type { SpanRule, ValueRule } from '../../model/value-rule.ts';
import {
  EVENT_ATTRIBUTE,
  LINK_ATTRIBUTE,
  RESOURCE_ATTRIBUTE,
  SCOPE_ATTRIBUTE,
  SPAN_ATTRIBUTE,
  SPAN_EVENT,
  SPAN_LINK,
} from './attribute-condition.ts';
import type { ByteRange } from './attribute-condition.ts';
import { AttributeLook, MATCHED, NOTHING, PRESENT, eachMessage } from './attribute-look.ts';
import type { RangeColumns, Segment } from './segment.ts';

/** A condition as a test of one row; one is made a segment, which may remember. */
export type CreateRowTest = (segment: Segment) => (row: number) => boolean;

type CreateRowLook = (segment: Segment) => (row: number) => number;

const STATUS_MESSAGE_FIELDS = [0x7a, 0x12] as const;
const EVENT_NAME_FIELDS = [SPAN_EVENT, 0x12] as const;
const SCOPE_NAME = 0x0a;
const SCOPE_VERSION = 0x12;

/** The test of a `TraceQuery.filters` condition. */
export function ruleTest(rule: SpanRule): CreateRowTest {
  if ('anyOf' in rule) {
    const lists = rule.anyOf.map((all) => all.map(ruleTest));
    return (segment) => {
      const tests = lists.map((all) => all.map((create) => create(segment)));
      return (row) => tests.some((all) => all.every((test) => test(row)));
    };
  }
  const { subject } = rule;
  if ('field' in subject) return fieldTest(subject.field, rule.rule);
  const createLook = attributeLook(subject.place, new AttributeLook(subject.key, rule.rule));
  return (segment) => {
    const look = createLook(segment);
    return (row) => isSeen(rule.rule, look(row));
  };
}

function isSeen(rule: ValueRule, seen: number): boolean {
  return isMet(rule, (seen & PRESENT) !== 0, (seen & MATCHED) !== 0);
}

function attributeLook(place: FilterPlace, look: AttributeLook): CreateRowLook {
  switch (place) {
    case 'span':
      return inSpan((range) => look.inMessage(range, SPAN_ATTRIBUTE));
    case 'event':
      return inSpan((range) =>
        look.inChildren(range, { field: SPAN_EVENT, attributes: EVENT_ATTRIBUTE }),
      );
    case 'link':
      return inSpan((range) =>
        look.inChildren(range, { field: SPAN_LINK, attributes: LINK_ATTRIBUTE }),
      );
    case 'resource':
      return (segment) => {
        const found = remembered(segment.resourceCount, (resource) =>
          look.inMessage(rangeAt(segment, segment.resources, resource), RESOURCE_ATTRIBUTE),
        );
        return (row) => found(segment.resourceRows[row] ?? 0);
      };
    case 'scope':
      return (segment) => {
        const found = remembered(segment.scopeCount, (scope) =>
          look.inMessage(rangeAt(segment, segment.scopes, scope), SCOPE_ATTRIBUTE),
        );
        return (row) => found(segment.scopeRows[row] ?? 0);
      };
    case 'any':
      return anywhere(look);
  }
}

/** Resource and scope first: they are remembered. */
function anywhere(look: AttributeLook): CreateRowLook {
  const places = (['resource', 'scope', 'span', 'event', 'link'] as const).map((place) =>
    attributeLook(place, look),
  );
  return (segment) => {
    const looks = places.map((create) => create(segment));
    return (row) => {
      let seen = NOTHING;
      for (const one of looks) {
        seen |= one(row);
        if (look.isSettled(seen)) return seen;
      }
      return seen;
    };
  };
}

function inSpan(look: (range: ByteRange) => number): CreateRowLook {
  return (segment) => (row) => look(spanRange(segment, row));
}

function fieldTest(field: SpanField, rule: ValueRule): CreateRowTest {
  switch (field) {
    case 'name':
      return (segment) => (row) =>
        isMetByText(rule, textOf(segment.bytes, segment.nameStarts[row], segment.nameEnds[row]));
    case 'kind':
      return wordTest('kinds', SPAN_KINDS, rule);
    case 'status':
      return wordTest('statusCodes', STATUS_CODES, rule);
    case 'duration':
      return ({ durationsNano }) => {
        return (row) => {
          const value = Math.max(durationsNano[row] ?? 0, 0);
          return isMetBy(rule, { type: 'double', value });
        };
      };
    case 'statusMessage':
      return (segment) => (row) =>
        isMetByText(rule, textsIn(spanRange(segment, row), STATUS_MESSAGE_FIELDS).at(-1) ?? '');
    case 'eventName':
      return (segment) => (row) => {
        const names = textsIn(spanRange(segment, row), EVENT_NAME_FIELDS);
        const hasMatch = names.some((value) => rule.isMatch({ type: 'string', value }));
        return isMet(rule, names.length > 0, hasMatch);
      };
    case 'scopeName':
      return scopeTest(SCOPE_NAME, rule);
    case 'scopeVersion':
      return scopeTest(SCOPE_VERSION, rule);
  }
}

function wordTest(
  column: 'kinds' | 'statusCodes',
  words: readonly string[],
  rule: ValueRule,
): CreateRowTest {
  const verdicts = words.map((word) => isMetByText(rule, word));
  return (segment) => (row) => verdicts[segment[column][row] ?? 0] === true;
}

function scopeTest(tag: number, rule: ValueRule): CreateRowTest {
  return (segment) => {
    const found = remembered(segment.scopeCount, (scope) => {
      const text = textField(rangeAt(segment, segment.scopes, scope), tag);
      return isMetByText(rule, text) ? MATCHED : PRESENT;
    });
    return (row) => found(segment.scopeRows[row] ?? 0) === MATCHED;
  };
}

/** The text of a field in each sub-message of a message; '' where there is none. */
function textsIn(range: ByteRange, [field, text]: readonly [number, number]): string[] {
  const texts: string[] = [];
  const { bytes } = range;
  eachMessage(range, (tag, _lengthAt, start, end) => {
    if (tag === field) texts.push(textField({ bytes, start, end }, text));
    return false;
  });
  return texts;
}

/** Of a field that comes twice the last one counts. */
function textField(range: ByteRange, field: number): string {
  let text = '';
  eachMessage(range, (tag, _lengthAt, start, end) => {
    if (tag === field) text = textOf(range.bytes, start, end);
    return false;
  });
  return text;
}

function textOf(bytes: Buffer, start = 0, end = 0): string {
  return bytes.toString('utf8', start, end);
}

function isMetByText(rule: ValueRule, value: string): boolean {
  return isMetBy(rule, { type: 'string', value });
}

function spanRange(segment: Segment, row: number): ByteRange {
  return {
    bytes: segment.bytes,
    start: segment.spanStarts[row] ?? 0,
    end: segment.spanEnds[row] ?? 0,
  };
}

function rangeAt(segment: Segment, { starts, ends }: RangeColumns, row: number): ByteRange {
  return { bytes: segment.bytes, start: starts[row] ?? 0, end: ends[row] ?? 0 };
}

const KNOWN = 4;

/** Many spans share a resource and a scope: each is looked at once. */
function remembered(count: number, look: (row: number) => number): (row: number) => number {
  const found = new Uint8Array(count);
  return (row) => {
    let seen = found[row] ?? 0;
    if (seen === 0) {
      seen = look(row) | KNOWN;
      found[row] = seen;
    }
    return seen & ~KNOWN;
  };
}
