import type { TraceField, TraceFilter } from './search-filter.ts';
import type { AttributeValue } from './span.ts';
import type { TraceSummary } from './trace-query.ts';
import { isMetBy, valueRule } from './value-rule.ts';
import type { CompilePattern } from './value-rule.ts';

/** Whether a whole trace meets all of `TraceQuery.traceFilters`. */
export type TraceRule = (summary: TraceSummary) => boolean;

/** undefined when every trace does. */
export function traceRule(
  filters: readonly TraceFilter[],
  compile: CompilePattern,
): TraceRule | undefined {
  if (filters.length === 0) return undefined;
  const rules = filters.map(({ field, test }) => ({ field, rule: valueRule(test, compile) }));
  return (summary) => rules.every(({ field, rule }) => isMetBy(rule, valueOf(field, summary)));
}

function valueOf(field: TraceField, summary: TraceSummary): AttributeValue {
  switch (field) {
    case 'rootService':
      return { type: 'string', value: summary.rootServiceName };
    case 'rootName':
      return { type: 'string', value: summary.rootOperationName };
    case 'duration':
      return { type: 'int', value: summary.maxEndTimeNano - summary.minStartTimeNano };
  }
}
