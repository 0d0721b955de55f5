import { timelineSpans } from '../../model/trace-columns.ts';
import type { TimelineTrace } from '../../model/timeline-span.ts';
import type { UiTraceEnd, UiTraceHead } from '../../query/api/ui-trace-json.ts';
import { createPageTurn } from '../in-turns.ts';
import { text } from '../text/common-text.ts';
import { traceLoadingText } from '../text/trace-loading-text.ts';
import { ApiError, fetchAnswer } from './fetch-json.ts';
import { jsonObject, type JsonObject, objectField, textField, textsField } from './json-shape.ts';
import { createTraceColumnsReader } from './trace-columns-reader.ts';

const LINES_TYPE = 'application/x-ndjson';

/**
 * Reads a trace by columns as it comes, in turns that let the page answer, and says how many spans
 * there are so far. undefined when the query service does not have that answer, or not that trace.
 */
export async function fetchTraceColumns(
  traceId: string,
  signal: AbortSignal,
  onSpans?: (count: number) => void,
): Promise<TimelineTrace | undefined> {
  const response = await answerOrNone(`api/ui/traces/${encodeURIComponent(traceId)}`, signal);
  const type = response?.headers.get('content-type') ?? '';
  if (response?.body == null) return undefined;
  if (!type.startsWith(LINES_TYPE)) {
    await response.body.cancel();
    return undefined;
  }
  const turn = createPageTurn(signal);
  const reader = createTraceColumnsReader();
  let head: JsonObject | undefined;
  let end: JsonObject | undefined;
  try {
    for await (const line of linesOf(response.body)) {
      const object = jsonObject(parsed(line));
      if (head === undefined) head = object;
      else if (endField('spanCount') in object) end = object;
      else {
        reader.add(object);
        onSpans?.(reader.spanCount);
      }
      await turn();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, traceLoadingText.cutOff(reader.spanCount), { cause: error });
  }
  if (head === undefined || end === undefined) {
    throw new ApiError(0, traceLoadingText.cutOff(reader.spanCount));
  }
  const spans = timelineSpans(reader.finish());
  return { traceId: textField(head, headField('traceID')), warnings: warningsOf(end), spans };
}

async function answerOrNone(path: string, signal: AbortSignal): Promise<Response | undefined> {
  try {
    return await fetchAnswer(path, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** What the trace is about, and why it is not whole. */
function warningsOf(end: JsonObject): readonly string[] {
  const warnings = textsField(end, endField('warnings'));
  const reason = textField(objectField(end, endField('error')), 'msg');
  return reason === '' ? warnings : [...warnings, traceLoadingText.notWhole(reason)];
}

/** The lines of a text that comes in pieces; one without an end is none. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting: string[] = [];
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const [rest = '', ...more] = decoder.decode(next.value, { stream: true }).split('\n');
      waiting.push(rest);
      for (const following of more) {
        yield waiting.join('');
        waiting = [following];
      }
    }
  } finally {
    await reader.cancel();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ApiError(200, text.failedShape, { cause: error });
  }
}

/** Name fields so that a wrong one does not compile. */
function headField(field: keyof UiTraceHead): string {
  return field;
}

function endField(field: keyof UiTraceEnd): string {
  return field;
}
