import type { TraceFacts } from '../../model/trace-facts.ts';
import {
  type JsonObject,
  numberField,
  objectField,
  objectsField,
  textField,
} from './json-shape.ts';

/** One trace of a search result, as the list and the plot show it. */
export interface FoundTrace extends TraceFacts {
  readonly orphanCount: number;
  /** By name. */
  readonly services: readonly FoundService[];
}

export interface FoundService {
  readonly name: string;
  readonly spanCount: number;
  readonly errorCount: number;
}

/** Reads a summary of api_v3. */
export function foundTraceOfSummary(summary: JsonObject): FoundTrace {
  const startNano = BigInt(textField(summary, 'minStartTimeUnixNano') || 0);
  const endNano = BigInt(textField(summary, 'maxEndTimeUnixNano') || 0);
  return {
    traceId: textField(summary, 'traceId'),
    rootService: textField(summary, 'rootServiceName'),
    rootOperation: textField(summary, 'rootOperationName'),
    startUs: Number(startNano / 1000n),
    durationUs: Number(endNano - startNano) / 1000,
    spanCount: numberField(summary, 'spanCount'),
    errorCount: numberField(summary, 'errorSpanCount'),
    orphanCount: numberField(summary, 'orphanSpanCount'),
    services: objectsField(summary, 'services').map((service) => ({
      name: textField(service, 'name'),
      spanCount: numberField(service, 'spanCount'),
      errorCount: numberField(service, 'errorSpanCount'),
    })),
  };
}

/** Sums up a whole trace of Jaeger's JSON as the query service would. */
export function foundTraceOfJaeger(trace: JsonObject): FoundTrace {
  const processes = objectField(trace, 'processes');
  const spans = objectsField(trace, 'spans').map((span) => readSpan(span, processes));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const orphans = spans.filter(({ parent }) => parent !== '' && !ids.has(parent));
  const roots = spans.filter(({ parent }) => parent === '');
  const [first] = [roots, orphans, spans].find((some) => some.length > 0) ?? [];
  let root = first;
  let startUs = first?.startUs ?? 0;
  let endUs = startUs;
  const services = new Map<string, FoundService>();
  for (const span of spans) {
    startUs = Math.min(startUs, span.startUs);
    endUs = Math.max(endUs, span.startUs + span.durationUs);
    countSpan(services, span);
  }
  for (const span of roots.length > 0 ? roots : orphans) {
    if (root === undefined || span.startUs < root.startUs) root = span;
  }
  return {
    traceId: textField(trace, 'traceID'),
    rootService: root?.service ?? '',
    rootOperation: root?.operation ?? '',
    startUs,
    durationUs: endUs - startUs,
    spanCount: spans.length,
    errorCount: spans.filter(({ isError }) => isError).length,
    orphanCount: orphans.length,
    services: [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

interface JaegerSpan {
  readonly spanId: string;
  /** '' for a root span. */
  readonly parent: string;
  readonly service: string;
  readonly operation: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly isError: boolean;
}

function readSpan(span: JsonObject, processes: JsonObject): JaegerSpan {
  const traceId = textField(span, 'traceID');
  const inTrace = objectsField(span, 'references').filter(
    (reference) => textField(reference, 'traceID') === traceId,
  );
  const parent =
    inTrace.find((reference) => textField(reference, 'refType') === 'CHILD_OF') ?? inTrace[0];
  const process = objectField(processes, textField(span, 'processID'));
  return {
    spanId: textField(span, 'spanID'),
    parent: parent ? textField(parent, 'spanID') : textField(span, 'parentSpanID'),
    service: textField(process, 'serviceName'),
    operation: textField(span, 'operationName'),
    startUs: numberField(span, 'startTime'),
    durationUs: numberField(span, 'duration'),
    isError: objectsField(span, 'tags').some(
      (tag) => textField(tag, 'key') === 'error' && textField(tag, 'value') === 'true',
    ),
  };
}

function countSpan(services: Map<string, FoundService>, { service, isError }: JaegerSpan): void {
  const counted = services.get(service) ?? { name: service, spanCount: 0, errorCount: 0 };
  services.set(service, {
    ...counted,
    spanCount: counted.spanCount + 1,
    errorCount: counted.errorCount + (isError ? 1 : 0),
  });
}
