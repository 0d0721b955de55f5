import { chosenInTurns, eachInTurns } from '../in-turns.ts';
import type { InTurns } from '../in-turns.ts';
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
export type TraceqlMatcher = (trace: TraceToMatch) => InTurns<readonly Span[]>;

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
  return function* (trace) {
    const relatives = new Relatives(trace.spans);
    let rows = yield* find({ ...trace, relatives });
    for (const step of steps) rows = yield* step(rows, trace);
    const found: Span[] = [];
    yield* eachInTurns(trace.spans, (span, row) => {
      if (rows.has(row)) found.push(span);
    });
    return found;
  };
}

type Finder = (trace: TraceToMatch & { readonly relatives: Relatives }) => InTurns<Rows>;
type Step = (rows: Rows, trace: TraceToMatch) => InTurns<Rows>;
type SpanTest = (span: Span, summary: TraceSummary) => boolean;

const NONE: Rows = new Set();

function spansetFinder(spanset: Spanset, compile: CompilePattern): Finder {
  if (spanset.type === 'selector') {
    const isWanted = conditionTest(spanset.condition, compile);
    return function* ({ spans, summary }) {
      const rows = new Set<number>();
      yield* eachInTurns(spans, (span, row) => {
        if (isWanted(span, summary)) rows.add(row);
      });
      return rows;
    };
  }
  const findLeft = spansetFinder(spanset.left, compile);
  const findRight = spansetFinder(spanset.right, compile);
  return function* (trace) {
    const left = yield* findLeft(trace);
    const right = yield* findRight(trace);
    return yield* combine(spanset.operator, left, right, trace.relatives);
  };
}

function* combine(
  operator: SpansetOperator,
  left: Rows,
  right: Rows,
  relatives: Relatives,
): InTurns<Rows> {
  switch (operator) {
    case '&&':
      return left.size > 0 && right.size > 0 ? new Set([...left, ...right]) : NONE;
    case '||':
      return new Set([...left, ...right]);
    case '>':
      return yield* relatives.childrenIn(right, left);
    case '>>':
      return yield* relatives.descendantsIn(right, left);
    case '<':
      return yield* relatives.parentsIn(right, left);
    case '<<':
      return yield* relatives.ancestorsIn(right, left);
    case '~':
      return yield* relatives.siblingsIn(right, left);
  }
}

function stageStep(stage: Stage, compile: CompilePattern): Step {
  if (stage.type === 'filter') {
    const isWanted = conditionTest(stage.condition, compile);
    return (rows, { spans, summary }) =>
      chosenInTurns(rows, (row) => {
        const span = spans[row];
        return span !== undefined && isWanted(span, summary);
      });
  }
  const isMet = stage.type === 'count' ? stage.isMet : (): boolean => true;
  return (rows) => chosenInTurns(rows, () => isMet(rows.size));
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
