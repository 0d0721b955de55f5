import { FILTER_DEPTH_MAX } from '../build-filter.ts';
import type { SpanCondition, TraceFilter } from '../search-filter.ts';
import type { Comparison, Condition, Spanset, TraceqlQuery } from './traceql-query.ts';

/** What every trace that a query finds has; others need not be read. */
export interface NecessaryConditions {
  /** All hold on one of its spans. */
  readonly filters: readonly SpanCondition[];
  readonly traceFilters: readonly TraceFilter[];
  /** 32 hex digits; undefined when the query does not say which traces it means. */
  readonly traceIds: readonly string[] | undefined;
}

/**
 * A search of the storage asks for one span, so of several spansets that must all have one, the
 * conditions of the one that says most are taken.
 */
export function necessaryConditions({ spanset, stages }: TraceqlQuery): NecessaryConditions {
  let necessary = ofSpanset(spanset);
  for (const stage of stages) {
    if (stage.type !== 'filter') continue;
    const more = ofCondition(stage.condition);
    // Of a single selector it is the same span that meets both.
    const filters =
      spanset.type === 'selector'
        ? [...necessary.filters, ...more.filters]
        : moreTelling(necessary.filters, more.filters);
    necessary = { ...both(necessary, more), filters };
  }
  return necessary;
}

function ofSpanset(spanset: Spanset): NecessaryConditions {
  if (spanset.type === 'selector') return ofCondition(spanset.condition);
  const left = ofSpanset(spanset.left);
  const right = ofSpanset(spanset.right);
  if (spanset.operator !== '||') {
    return { ...both(left, right), filters: moreTelling(left.filters, right.filters) };
  }
  return either([left, right], depthOf(left.filters, right.filters));
}

function ofCondition(condition: Condition): NecessaryConditions {
  if (condition.type === 'comparison') return ofComparison(condition);
  const parts = condition.parts.map((part) => ofCondition(part));
  if (condition.type === 'or')
    return either(parts, depthOf(...parts.map(({ filters }) => filters)));
  return parts.reduce(
    (left, right) => ({ ...both(left, right), filters: [...left.filters, ...right.filters] }),
    ANYTHING,
  );
}

const ANYTHING: NecessaryConditions = { filters: [], traceFilters: [], traceIds: undefined };

function ofComparison({ subject, test }: Comparison): NecessaryConditions {
  if ('trace' in subject) return { ...ANYTHING, traceFilters: [{ field: subject.trace, test }] };
  if (!('id' in subject)) return { ...ANYTHING, filters: [{ subject, test }] };
  if (subject.id !== 'trace' || test.operator !== '=') return ANYTHING;
  return { ...ANYTHING, traceIds: [test.value] };
}

/** What holds of a whole trace holds together. */
function both(
  left: NecessaryConditions,
  right: NecessaryConditions,
): Pick<NecessaryConditions, 'traceFilters' | 'traceIds'> {
  return {
    traceFilters: [...left.traceFilters, ...right.traceFilters],
    traceIds: left.traceIds ?? right.traceIds,
  };
}

/** Nothing is necessary when one of the ways asks nothing of a span. */
function either(parts: readonly NecessaryConditions[], depth: number): NecessaryConditions {
  const lists = parts.map(({ filters }) => filters);
  const isAsked = lists.every((list) => list.length > 0) && depth < FILTER_DEPTH_MAX;
  const traceIds = parts.map((part) => part.traceIds).filter((ids) => ids !== undefined);
  const areIdsKnown = parts.length > 0 && traceIds.length === parts.length;
  return {
    filters: isAsked ? [{ anyOf: lists }] : [],
    traceFilters: [],
    traceIds: areIdsKnown ? [...new Set(traceIds.flat())] : undefined,
  };
}

function depthOf(...lists: readonly (readonly SpanCondition[])[]): number {
  const depths = lists.flat().map((one) => ('anyOf' in one ? depthOf(...one.anyOf) : 0));
  return 1 + Math.max(0, ...depths);
}

function moreTelling(
  left: readonly SpanCondition[],
  right: readonly SpanCondition[],
): readonly SpanCondition[] {
  return weightOf(left) > weightOf(right) ? left : right;
}

/** How much is asked: a value that is given is rarer than one that is not another. */
function weightOf(conditions: readonly SpanCondition[]): number {
  return conditions.reduce((sum, one) => sum + weightOfOne(one), 0);
}

function weightOfOne(condition: SpanCondition): number {
  if ('anyOf' in condition) return Math.min(...condition.anyOf.map(weightOf));
  switch (condition.test.operator) {
    case '=':
      return 4;
    case 'in':
    case '=~':
      return 3;
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'exists':
      return 2;
    case '!=':
    case '!~':
    case 'absent':
      return 1;
  }
}
