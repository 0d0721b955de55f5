import { createAttributePairs } from '../../model/attribute-pairs.ts';
import { createFloatList, createUintList } from '../../model/number-list.ts';
import type { TimelineProcess, TimelineReference } from '../../model/timeline-span.ts';
import type { ColumnEvent, TraceColumns } from '../../model/trace-columns.ts';
import type {
  UiTracePiece,
  UiTraceProcess,
  UiTraceReference,
  UiTraceWarnings,
} from '../../query/api/ui-trace-json.ts';
import {
  jsonObject,
  type JsonObject,
  numberField,
  numbersField,
  objectsField,
  textField,
  textsField,
} from './json-shape.ts';

/** Takes the pieces of a trace in, one after the other. */
export interface TraceColumnsReader {
  readonly spanCount: number;
  /** @throws ApiError for what is no piece */
  add(piece: unknown): void;
  finish(): TraceColumns;
}

/** What a pair says of a span that has it as a tag; from `KIND` on, the kind. */
const NOTHING = 0;
const FAILED = 1;
const KIND = 2;

export function createTraceColumnsReader(): TraceColumnsReader {
  const numbers = {
    startUs: createFloatList(),
    durationUs: createFloatList(),
    operationOf: createUintList(),
    processOf: createUintList(),
    tags: createUintList(),
    tagStarts: createUintList(),
  };
  const texts = createDictionary();
  const marks = createMarks(texts);
  const some = createRareFields();
  const spanIds: string[] = [];
  const parentSpanIds: string[] = [];
  return {
    get spanCount() {
      return numbers.startUs.length;
    },
    add: (line) => {
      const piece = jsonObject(line);
      const first = numbers.startUs.length;
      const base = numberField(piece, name('base'));
      texts.add(piece);
      spanIds.push(textField(piece, name('spanIds')));
      parentSpanIds.push(textField(piece, name('parentSpanIds')));
      for (const start of numbersField(piece, name('starts'))) numbers.startUs.push(base + start);
      numbers.durationUs.append(numbersField(piece, name('durations')));
      numbers.operationOf.append(numbersField(piece, name('operations')));
      numbers.processOf.append(numbersField(piece, name('processOf')));
      const tags = numbersField(piece, name('tags'));
      const counts = numbersField(piece, name('tagCounts'));
      marks.add(tags, counts);
      let start = numbers.tags.length;
      for (const count of counts) {
        numbers.tagStarts.push(start);
        start += count;
      }
      numbers.tags.append(tags);
      some.add(piece, first, base);
    },
    finish: () => {
      numbers.tagStarts.push(numbers.tags.length);
      return {
        count: numbers.startUs.length,
        spanIds: spanIds.join(''),
        parentSpanIds: parentSpanIds.join(''),
        startUs: numbers.startUs.toArray(),
        durationUs: numbers.durationUs.toArray(),
        operationOf: numbers.operationOf.toArray(),
        processOf: numbers.processOf.toArray(),
        tags: numbers.tags.toArray(),
        tagStarts: numbers.tagStarts.toArray(),
        ...marks.finish(),
        ...{ events: some.events, references: some.references, warnings: some.warnings },
        ...texts.finish(),
      };
    },
  };
}

/** Names a field so that a wrong one does not compile. */
function name(
  field: keyof UiTracePiece | keyof UiTraceProcess | keyof UiTraceReference | keyof UiTraceWarnings,
): string {
  return field;
}

type Texts = Pick<TraceColumns, 'operations' | 'pairs' | 'processes'>;

interface Dictionary {
  add(piece: JsonObject): void;
  /** See `NOTHING`. */
  meaning(pair: number): number;
  readonly kinds: readonly string[];
  finish(): Texts;
}

function createDictionary(): Dictionary {
  const pairs = createAttributePairs();
  const meanings = createUintList();
  const kinds: string[] = [''];
  const operations: string[] = [];
  const processTags: { readonly serviceName: string; readonly tags: readonly number[] }[] = [];
  /** Whether anything is said by pairs with a key, by number. */
  const telling: boolean[] = [];
  const meaningOf = (pair: number): number => {
    const value = pairs.value(pair);
    if (pairs.key(pair) === 'error') return value === 'true' ? FAILED : NOTHING;
    const kind = kinds.indexOf(value);
    return KIND + (kind < 0 ? kinds.push(value) - 1 : kind);
  };
  return {
    kinds,
    add: (piece) => {
      const keys = textsField(piece, name('keys'));
      for (const key of keys) telling.push(key === 'error' || key === 'span.kind');
      pairs.addKeys(keys);
      const first = pairs.count;
      const keyOf = numbersField(piece, name('pairKeys'));
      const lengths = numbersField(piece, name('pairLengths'));
      pairs.add(keyOf, lengths, textField(piece, name('pairText')));
      for (const [index, key] of keyOf.entries()) {
        meanings.push(telling[key] === true ? meaningOf(first + index) : NOTHING);
      }
      for (const operation of textsField(piece, name('names'))) operations.push(operation);
      for (const process of objectsField(piece, name('processes'))) {
        const serviceName = textField(process, name('serviceName'));
        processTags.push({ serviceName, tags: numbersField(process, name('tags')) });
      }
    },
    meaning: (pair) => meanings.at(pair),
    finish: () => {
      const all = pairs.finish();
      const processes = processTags.map(({ serviceName, tags }): TimelineProcess => ({
        serviceName,
        tags: tags.map(all.attribute),
      }));
      return { operations, pairs: all, processes };
    },
  };
}

interface Marks {
  add(tags: readonly number[], counts: readonly number[]): void;
  finish(): Pick<TraceColumns, 'errors' | 'kindOf' | 'kinds'>;
}

/** What tags say of spans. */
function createMarks(texts: Dictionary): Marks {
  const errors = createUintList();
  const kindOf = createUintList();
  return {
    add: (tags, counts) => {
      let at = 0;
      for (const count of counts) {
        let error = 0;
        let kind: number | undefined;
        for (const end = at + count; at < end; at++) {
          const meaning = texts.meaning(tags[at] ?? 0);
          if (meaning === FAILED) error = 1;
          else if (meaning >= KIND) kind ??= meaning - KIND;
        }
        errors.push(error);
        kindOf.push(kind ?? 0);
      }
    },
    finish: () => ({
      errors: new Uint8Array(errors.toArray()),
      kindOf: kindOf.toArray(),
      kinds: texts.kinds,
    }),
  };
}

interface RareFields {
  readonly events: Map<number, ColumnEvent[]>;
  readonly references: Map<number, TimelineReference[]>;
  readonly warnings: Map<number, readonly string[]>;
  add(piece: JsonObject, first: number, base: number): void;
}

function createRareFields(): RareFields {
  const events = new Map<number, ColumnEvent[]>();
  const references = new Map<number, TimelineReference[]>();
  const warnings = new Map<number, readonly string[]>();
  return {
    ...{ events, references, warnings },
    add: (piece, first, base) => {
      const all = numbersField(piece, name('events'));
      for (let at = 0; at < all.length;) {
        const [span = 0, time = 0, count = 0] = all.slice(at, at + 3);
        const fields = all.slice(at + 3, at + 3 + Math.max(0, count));
        listOf(events, first + span).push({ timeUs: base + time, fields });
        at += 3 + fields.length;
      }
      for (const reference of objectsField(piece, name('references'))) {
        const span = first + numberField(reference, name('span'));
        listOf(references, span).push(readReference(reference));
      }
      for (const warning of objectsField(piece, name('warnings'))) {
        const span = first + numberField(warning, name('span'));
        warnings.set(span, textsField(warning, name('texts')));
      }
    },
  };
}

function listOf<Value>(lists: Map<number, Value[]>, span: number): Value[] {
  const list = lists.get(span) ?? [];
  lists.set(span, list);
  return list;
}

function readReference(reference: JsonObject): TimelineReference {
  const isChild = textField(reference, name('refType')) === 'CHILD_OF';
  return {
    kind: isChild ? 'child-of' : 'follows-from',
    traceId: textField(reference, name('traceID')),
    spanId: textField(reference, name('spanID')),
  };
}
