import { Buffer } from 'node:buffer';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { attributeText } from '../model/attribute-text.ts';
import { SPAN_KINDS } from '../model/span.ts';
import { decodeKeyValue } from '../wire/otlp/decode-value.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import type { SpanBatch, SpanLoss } from '../wire/span-batch.ts';
import { bytesOf } from './batch-bytes.ts';
import { compilePattern } from './byte-pattern.ts';
import type { BytePattern } from './byte-pattern.ts';
import type { AttributeTest, SpanRule } from './rules.ts';
import type { Sink } from './sink.ts';

const RESOURCE_ATTRIBUTES = 1;
const SPAN_ATTRIBUTES = 9;
const NANO_PER_MS = 1e6;

interface Row {
  readonly batch: SpanBatch;
  readonly bytes: Buffer;
  readonly row: number;
}

interface CompiledRule {
  readonly name: string;
  /** Texts that a batch must hold for the rule to match any of its spans. */
  readonly needed: readonly Buffer[];
  matches(row: Row): boolean;
}

/**
 * A stage that takes the spans that a rule matches and lets them go: the sender is not told, the
 * books have them as dropped because `filtered`, and each rule counts its own.
 */
export function filteringSpans(next: Sink, rules: readonly SpanRule[], metrics: Registry): Sink {
  if (rules.length === 0) return next;
  const compiled = rules.map(compileRule);
  const filtered = new Counter({
    name: 'jaeger_collector_spans_filtered_total',
    help: 'Spans that a rule dropped, by its name.',
    labelNames: ['rule'],
    registers: [metrics],
  });
  return async (batch, signal) => {
    const { kept, byRule } = filter(batch, compiled);
    if (byRule.size === 0) return next(batch, signal);
    const result =
      kept === undefined ? { accepted: 0, refused: [], dropped: [] } : await next(kept, signal);
    const dropped = [...byRule].map(([rule, count]): SpanLoss => {
      // Only now: had the rest been refused, all of the batch would come again.
      filtered.inc({ rule }, count);
      return { reason: 'filtered', count, message: `rule ${rule}` };
    });
    return { ...result, dropped: [...result.dropped, ...dropped] };
  };
}

interface Filtered {
  /** undefined when nothing is left. */
  readonly kept: SpanBatch | undefined;
  readonly byRule: ReadonlyMap<string, number>;
}

function filter(batch: SpanBatch, rules: readonly CompiledRule[]): Filtered {
  const { otlp, scan } = batch;
  const bytes = bytesOf(otlp);
  const byRule = new Map<string, number>();
  const possible = rules.filter(({ needed }) => needed.every((text) => bytes.includes(text)));
  if (possible.length === 0) return { kept: batch, byRule };
  const gone = new Uint8Array(scan.count);
  for (let row = 0; row < scan.count; row += 1) {
    const rule = possible.find((one) => one.matches({ batch, bytes, row }));
    if (rule === undefined) continue;
    gone[row] = 1;
    byRule.set(rule.name, (byRule.get(rule.name) ?? 0) + 1);
  }
  if (byRule.size === 0) return { kept: batch, byRule };
  if (!gone.includes(0)) return { kept: undefined, byRule };
  const rewritten = rewriteSpans(otlp, scan, { keepSpan: (row) => gone[row] === 0 });
  return { kept: { ...batch, otlp: rewritten, scan: scanSpans(rewritten) }, byRule };
}

function compileRule(rule: SpanRule): CompiledRule {
  const { name, services, operations, kinds, shorterThanMs, attributes = [] } = rule;
  const tests: ((row: Row) => boolean)[] = [];
  if (kinds !== undefined) {
    const numbers = kinds.map((kind) => SPAN_KINDS.indexOf(kind));
    tests.push(({ batch, row }) => numbers.includes(batch.scan.kinds[row] ?? 0));
  }
  if (shorterThanMs !== undefined) {
    const limit = shorterThanMs * NANO_PER_MS;
    tests.push(({ batch, row }) => (batch.scan.durationsNano[row] ?? 0) < limit);
  }
  if (services !== undefined) tests.push(serviceTest(services.map(compilePattern)));
  if (operations !== undefined) tests.push(operationTest(operations.map(compilePattern)));
  for (const test of attributes) tests.push(attributeTest(test));
  return {
    name,
    needed: attributes.map(({ key }) => Buffer.from(key)),
    matches: (row) => tests.every((test) => test(row)),
  };
}

function serviceTest(patterns: readonly BytePattern[]): (row: Row) => boolean {
  return ({ batch: { scan }, bytes, row }) => {
    const { serviceNameStarts, serviceNameEnds } = scan.resources;
    const resource = scan.resourceRows[row] ?? 0;
    const start = serviceNameStarts[resource] ?? 0;
    const end = serviceNameEnds[resource] ?? 0;
    return patterns.some((pattern) => pattern.matches(bytes, start, end));
  };
}

function operationTest(patterns: readonly BytePattern[]): (row: Row) => boolean {
  return ({ batch: { scan }, bytes, row }) => {
    const start = scan.nameStarts[row] ?? 0;
    const end = scan.nameEnds[row] ?? 0;
    return patterns.some((pattern) => pattern.matches(bytes, start, end));
  };
}

function attributeTest(test: AttributeTest): (row: Row) => boolean {
  return ({ batch: { scan }, bytes, row }) => {
    const resource = scan.resourceRows[row] ?? 0;
    const { starts, ends } = scan.resources;
    const span = new ProtobufReader(bytes, scan.spanStarts[row], scan.spanEnds[row]);
    return (
      hasAttribute(span, SPAN_ATTRIBUTES, test) ||
      hasAttribute(
        new ProtobufReader(bytes, starts[resource], ends[resource]),
        RESOURCE_ATTRIBUTES,
        test,
      )
    );
  };
}

function hasAttribute(
  reader: ProtobufReader,
  field: number,
  { key, equals }: AttributeTest,
): boolean {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 !== field) {
      reader.skip(tag);
      continue;
    }
    const attribute = decodeKeyValue(reader);
    if (attribute.key !== key) continue;
    if (equals === undefined || attributeText(attribute.value) === equals) return true;
  }
  return false;
}
