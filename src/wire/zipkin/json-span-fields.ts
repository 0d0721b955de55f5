import type { JsonScanner } from '../json/json-scanner.ts';
import { readFlag, readId, readNumber, readText } from './json-parts.ts';
import type { ZipkinSpanWriter } from './span-writer.ts';

const TRACE_ID = 0;
const ID = 1;
const PARENT_ID = 2;
const NAME = 3;
const TIMESTAMP = 4;
const DURATION = 5;
const DEBUG = 6;

/** Keys of a span that v1 and v2 have alike; each puts those of its own behind them. */
export const COMMON_KEYS = [
  'traceId',
  'id',
  'parentId',
  'name',
  'timestamp',
  'duration',
  'debug',
] as const;

/** Calls `readSpan` at each span of a list; null is none. */
export function readSpans(scanner: JsonScanner, readSpan: () => void): void {
  scanner.enterArray();
  while (scanner.nextItem()) {
    if (!scanner.isNull()) readSpan();
  }
  scanner.end();
}

/** Reads the value of a common key, by its index, and skips that of any other. */
export function readCommonField(scanner: JsonScanner, spans: ZipkinSpanWriter, key: number): void {
  switch (key) {
    case TRACE_ID:
      readId(scanner, spans.traceId);
      break;
    case ID:
      readId(scanner, spans.id);
      break;
    case PARENT_ID:
      spans.hasParent = readId(scanner, spans.parentId);
      break;
    case NAME:
      readText(scanner);
      spans.nameStart = scanner.start;
      spans.nameStop = scanner.stop;
      break;
    case TIMESTAMP:
      spans.startMicros = readNumber(scanner);
      break;
    case DURATION:
      spans.hasDuration = !scanner.isNull();
      if (spans.hasDuration) spans.durationMicros = readNumber(scanner);
      break;
    case DEBUG:
      spans.debug = readFlag(scanner);
      break;
    default:
      scanner.skip();
  }
}
