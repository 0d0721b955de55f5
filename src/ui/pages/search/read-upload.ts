import { isObject, type JsonObject, numberField } from '../../api/json-shape.ts';
import { uploadText } from '../../text/upload-text.ts';
import { isTime } from '../../time-text.ts';

/** What a file holds. Sentences of `problems` are for people. */
export interface ReadUpload {
  /** Traces of Jaeger's JSON. */
  readonly traces: readonly JsonObject[];
  /** ResourceSpans of OTLP JSON, from all its objects. */
  readonly resourceSpans: readonly unknown[];
  readonly problems: readonly string[];
}

/** How deep traces may be wrapped: `{result: {data: [trace]}}` and a list around it. */
const DEPTH_MAX = 4;

/**
 * Reads a file of Jaeger's JSON (`{data: […]}`, `{data: {}}`, a list, one trace) or of OTLP JSON, as one
 * value or as one a line.
 */
export function readUpload(text: string): ReadUpload {
  if (text.trim() === '') return nothing(uploadText.uploadEmpty);
  const { values, problems } = parseValues(text);
  const found: Found = { traces: [], resourceSpans: [], unknown: 0 };
  for (const value of values) collect(value, found, DEPTH_MAX);
  const whole = found.traces.filter(isTrace);
  const broken = found.traces.length - whole.length;
  const timed = whole.filter(hasTimes);
  const untimed = whole.length - timed.length;
  const isEmpty = found.traces.length === 0 && found.resourceSpans.length === 0;
  return {
    traces: timed,
    resourceSpans: found.resourceSpans,
    problems: [
      ...problems,
      ...(broken > 0 ? [uploadText.uploadBroken(broken)] : []),
      ...(untimed > 0 ? [uploadText.uploadTimes(untimed)] : []),
      ...(found.unknown > 0 ? [uploadText.uploadUnknown] : []),
      ...(isEmpty && found.unknown === 0 && values.length > 0 ? [uploadText.uploadNone] : []),
    ],
  };
}

function nothing(problem: string): ReadUpload {
  return { traces: [], resourceSpans: [], problems: [problem] };
}

interface ParsedValues {
  readonly values: readonly unknown[];
  readonly problems: readonly string[];
}

/** The file as one value; when it is none, each of its lines. */
function parseValues(text: string): ParsedValues {
  try {
    return { values: [JSON.parse(text)], problems: [] };
  } catch {
    return parseLines(text);
  }
}

function parseLines(text: string): ParsedValues {
  const values: unknown[] = [];
  const bad: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      bad.push(index + 1);
    }
  }
  const [first] = bad;
  if (first === undefined) return { values, problems: [] };
  const where = uploadText.uploadAtLine(first);
  // Not one line is JSON: then it was not meant as lines.
  if (values.length === 0) return { values, problems: [uploadText.uploadNoJson(where)] };
  return { values, problems: [uploadText.uploadLines(bad.length, where)] };
}

interface Found {
  readonly traces: JsonObject[];
  readonly resourceSpans: unknown[];
  unknown: number;
}

function collect(value: unknown, found: Found, depth: number): void {
  if (depth === 0) {
    found.unknown += 1;
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found, depth - 1);
  } else if (!isObject(value)) {
    found.unknown += 1;
  } else if (Array.isArray(value['resourceSpans'])) {
    found.resourceSpans.push(...(value['resourceSpans'] as readonly unknown[]));
  } else if ('spans' in value || 'traceID' in value) {
    found.traces.push(value);
  } else {
    // Jaeger's envelope, the one of api_v3, and the one of Tempo.
    const inside = value['data'] ?? value['result'] ?? value['trace'];
    if (inside === undefined || inside === null) found.unknown += 1;
    else collect(inside, found, depth - 1);
  }
}

function isTrace(trace: JsonObject): boolean {
  const { traceID, spans, processes } = trace;
  const hasSpans = Array.isArray(spans) && spans.length > 0 && spans.every(isObject);
  return typeof traceID === 'string' && traceID !== '' && hasSpans && isObject(processes);
}

/** Whether every span begins and ends at times that there are. */
function hasTimes({ spans }: JsonObject): boolean {
  return (
    Array.isArray(spans) &&
    spans.filter(isObject).every((span) => {
      const startUs = numberField(span, 'startTime');
      return isTime(startUs) && isTime(startUs + numberField(span, 'duration'));
    })
  );
}
