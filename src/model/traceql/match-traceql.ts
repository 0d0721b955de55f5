import type { Span } from '../span.ts';
import type { TraceSummary } from '../trace-query.ts';
import { isMet, valueRule } from '../value-rule.ts';
import type { CompilePattern } from '../value-rule.ts';
import { Relatives } from './relatives.ts';
import type { Rows } from './relatives.ts';
import { valuesOf } from './span-values.ts';
import { TraceqlError } from './traceql-query.ts';
import type {
  Comparison,
  Condition,
  Spanset,
  SpansetOperator,
  Stage,
  TraceqlQuery,
} from './traceql-query.ts';

/** One whole trace. */
export interface TraceToMatch {
  readonly spans: readonly Span[];
  readonly summary: TraceSummary;
}

/** The spans of a trace that a query finds, in their order there; none when it is not found. */
export type TraceqlMatcher = (trace: TraceToMatch) => readonly Span[];

/**
 * Makes a query ready; its patterns are compiled once.
 * @throws TraceqlError for a pattern that `compile` throws for
 */
export function createTraceqlMatcher(
  { spanset, stages }: TraceqlQuery,
  compile: CompilePattern,
): TraceqlMatcher {
  const find = spansetFinder(spanset, compile);
  const steps = stages.map((stage) => stageStep(stage, compile));
  return (trace) => {
    const relatives = new Relatives(trace.spans);
    let rows = find({ ...trace, relatives });
    for (const step of steps) rows = step(rows, trace);
    return trace.spans.filter((_, row) => rows.has(row));
  };
}

type Finder = (trace: TraceToMatch & { readonly relatives: Relatives }) => Rows;
type SpanTest = (span: Span, summary: TraceSummary) => boolean;

const NONE: Rows = new Set();

function spansetFinder(spanset: Spanset, compile: CompilePattern): Finder {
  if (spanset.type === 'selector') {
    const isWanted = conditionTest(spanset.condition, compile);
    return ({ spans, summary }) => {
      const rows = new Set<number>();
      spans.forEach((span, row) => {
        if (isWanted(span, summary)) rows.add(row);
      });
      return rows;
    };
  }
  const findLeft = spansetFinder(spanset.left, compile);
  const findRight = spansetFinder(spanset.right, compile);
  return (trace) => combine(spanset.operator, findLeft(trace), findRight(trace), trace.relatives);
}

function combine(operator: SpansetOperator, left: Rows, right: Rows, relatives: Relatives): Rows {
  switch (operator) {
    case '&&':
      return left.size > 0 && right.size > 0 ? new Set([...left, ...right]) : NONE;
    case '||':
      return new Set([...left, ...right]);
    case '>':
      return relatives.childrenIn(right, left);
    case '>>':
      return relatives.descendantsIn(right, left);
    case '<':
      return relatives.parentsIn(right, left);
    case '<<':
      return relatives.ancestorsIn(right, left);
    case '~':
      return relatives.siblingsIn(right, left);
  }
}

function stageStep(
  stage: Stage,
  compile: CompilePattern,
): (rows: Rows, trace: TraceToMatch) => Rows {
  switch (stage.type) {
    case 'select':
      return (rows) => rows;
    case 'count':
      return (rows) => (stage.isMet(rows.size) ? rows : NONE);
    case 'filter': {
      const isWanted = conditionTest(stage.condition, compile);
      return (rows, { spans, summary }) =>
        new Set(
          [...rows].filter((row) => {
            const span = spans[row];
            return span !== undefined && isWanted(span, summary);
          }),
        );
    }
  }
}

function conditionTest(condition: Condition, compile: CompilePattern): SpanTest {
  if (condition.type === 'comparison') return comparisonTest(condition, compile);
  const tests = condition.parts.map((part) => conditionTest(part, compile));
  return condition.type === 'and'
    ? (span, summary) => tests.every((test) => test(span, summary))
    : (span, summary) => tests.some((test) => test(span, summary));
}

function comparisonTest(
  { position, subject, test }: Comparison,
  compile: CompilePattern,
): SpanTest {
  const rule = valueRule(test, (pattern) => {
    try {
      return compile(pattern);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new TraceqlError(position, error.message, { cause: error });
    }
  });
  return (span, summary) => {
    const values = valuesOf(subject, span, summary);
    return isMet(rule, values.length > 0, values.some(rule.isMatch));
  };
}
