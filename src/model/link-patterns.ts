import { isFollowable } from './safe-link.ts';
import type { TextAttribute, TimelineSpan } from './timeline-span.ts';
import { parseTraceId, shortTraceId } from './trace-id.ts';
import type { TraceOverview } from './trace-overview.ts';
import type { TreeRow } from './trace-tree.ts';

/** Where a pattern looks, in Jaeger's older words. */
export type LinkPlace = 'tags' | 'process' | 'logs' | 'traces';

/** Turns attributes, or a whole trace, into links to other systems. Undefined fits everything. */
export interface LinkPattern {
  readonly place: LinkPlace | undefined;
  readonly fitsKey: ((key: string) => boolean) | undefined;
  readonly fitsValue: ((value: string) => boolean) | undefined;
  readonly url: LinkTemplate;
  readonly text: LinkTemplate;
}

/** Plain text and variables in turn. */
export type LinkTemplate = readonly (string | TemplateVariable)[];

interface TemplateVariable {
  readonly name: string;
  readonly formatters: readonly Formatter[];
}

/** Undefined for a value that it cannot format. */
type Formatter = (value: string) => string | undefined;

export interface PatternLink {
  readonly url: string;
  readonly text: string;
}

/** The value of a template's variable; undefined when there is none of that name. */
export type VariableLookup = (name: string) => string | undefined;

const VARIABLE = /#\{([^}]*)\}/;
/** A trace's title makes a poor address long before this. */
const MAX_PADDED = 1_000;

/** Undefined when a formatter is not known or lacks its arguments. */
export function parseLinkTemplate(source: string): LinkTemplate | undefined {
  const template: (string | TemplateVariable)[] = [];
  // Every second part is what stood in the braces.
  for (const [index, part] of source.split(VARIABLE).entries()) {
    const parsed = index % 2 === 0 ? part : parseVariable(part);
    if (parsed === undefined) return undefined;
    if (parsed !== '') template.push(parsed);
  }
  return template;
}

/** The links of one attribute. A pattern of which a variable has no value makes none. */
export function attributeLinks(
  patterns: readonly LinkPattern[],
  place: LinkPlace,
  attribute: TextAttribute,
  lookup: VariableLookup,
): readonly PatternLink[] {
  const fitting = patterns.filter(
    (pattern) =>
      (pattern.place ?? place) === place &&
      (pattern.fitsKey?.(attribute.key) ?? true) &&
      (pattern.fitsValue?.(attribute.value) ?? true),
  );
  return fitLinks(fitting, lookup);
}

/** The links of a trace as a whole. */
export function traceLinks(
  patterns: readonly LinkPattern[],
  lookup: VariableLookup,
): readonly PatternLink[] {
  return fitLinks(
    patterns.filter(({ place }) => place === 'traces'),
    lookup,
  );
}

/**
 * Variables of a trace-level pattern: traceID, traceName, duration, startTime, endTime (µs). The id
 * is as the API answers with it, however the address writes it: other systems have it in full.
 */
export function traceVariables(traceId: string, overview: TraceOverview): VariableLookup {
  const { root, startUs, durationUs } = overview;
  const name = root && `${root.process.serviceName}: ${root.operationName}`;
  const variables = new Map([
    ['traceID', shortTraceId(parseTraceId(traceId) ?? traceId)],
    ['traceName', name ?? ''],
    ['startTime', String(startUs)],
    ['endTime', String(startUs + durationUs)],
    ['duration', String(durationUs)],
  ]);
  return (variable) => variables.get(variable);
}

/**
 * Variables of a span's attribute, first found: its neighbours, then each span from this one up to
 * the root (fields, tags, process), then `trace.X`.
 */
export function attributeVariables(
  rows: readonly TreeRow[],
  row: TreeRow,
  neighbours: readonly TextAttribute[],
  trace: VariableLookup,
): VariableLookup {
  return (name) => {
    const near = valueOf(neighbours, name);
    if (near !== undefined) return near;
    for (let at: TreeRow | undefined = row; at !== undefined; at = rows[at.parent]) {
      const value = at.type === 'span' ? spanVariable(at.span, name) : undefined;
      if (value !== undefined) return value;
    }
    return name.startsWith('trace.') ? trace(name.slice('trace.'.length)) : undefined;
  };
}

function spanVariable(span: TimelineSpan, name: string): string | undefined {
  switch (name) {
    case 'spanID':
      return span.spanId;
    case 'operationName':
      return span.operationName;
    case 'startTime':
      return String(span.startUs);
    case 'duration':
      return String(span.durationUs);
    default:
      return valueOf(span.tags, name) ?? valueOf(span.process.tags, name);
  }
}

function valueOf(attributes: readonly TextAttribute[], name: string): string | undefined {
  return attributes.find(({ key }) => key === name)?.value;
}

function fitLinks(
  patterns: readonly LinkPattern[],
  lookup: VariableLookup,
): readonly PatternLink[] {
  return patterns.flatMap((pattern) => {
    const url = fillTemplate(pattern.url, lookup, encodeURIComponent);
    const text = fillTemplate(pattern.text, lookup, String);
    if (url === undefined || text === undefined || !isFollowable(url)) return [];
    return [{ url, text }];
  });
}

function fillTemplate(
  template: LinkTemplate,
  lookup: VariableLookup,
  encode: (value: string) => string,
): string | undefined {
  let filled = '';
  for (const part of template) {
    const value = typeof part === 'string' ? part : variableValue(part, lookup);
    if (value === undefined) return undefined;
    filled += typeof part === 'string' ? value : encode(value.toWellFormed());
  }
  return filled;
}

function variableValue(variable: TemplateVariable, lookup: VariableLookup): string | undefined {
  let value = lookup(variable.name);
  for (const format of variable.formatters) {
    if (value !== undefined) value = format(value);
  }
  return value;
}

function parseVariable(source: string): TemplateVariable | undefined {
  const [name = '', ...calls] = source.split('|').map((part) => part.trim());
  const formatters: Formatter[] = [];
  for (const call of calls) {
    const formatter = parseFormatter(call);
    if (formatter === undefined) return undefined;
    formatters.push(formatter);
  }
  return { name, formatters };
}

function parseFormatter(call: string): Formatter | undefined {
  const [name = '', argument = '', filler = ' '] = call.split(/\s+/);
  const number = argument === '' ? NaN : Number(argument);
  switch (name) {
    case 'epoch_micros_to_date_iso':
      return isoDate;
    case 'pad_start':
      if (!(number >= 0 && number <= MAX_PADDED)) return undefined;
      return (value) => value.padStart(number, filler);
    case 'add':
      if (!Number.isFinite(number)) return undefined;
      return (value) => finiteText(Number(value || NaN) + number);
    default:
      return undefined;
  }
}

function isoDate(micros: string): string | undefined {
  const date = new Date(Number(micros || NaN) / 1_000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function finiteText(value: number): string | undefined {
  return Number.isFinite(value) ? String(value) : undefined;
}
