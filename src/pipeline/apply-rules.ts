import type { Registry } from 'prom-client';
import { editingAttributes } from './attribute-edits.ts';
import { NO_RULES } from './rules.ts';
import type { PipelineRules } from './rules.ts';
import type { Sink } from './sink.ts';
import { filteringSpans } from './span-filter.ts';
import { measuringSpans } from './span-sizes.ts';

export interface RuleOptions {
  readonly metrics: Registry;
  /** None when absent. */
  readonly rules?: PipelineRules;
  /** Whether to measure every span; false when absent. */
  readonly measureSpans?: boolean;
}

/** The stages that a deployment asks for: drop spans, then edit those left, then measure them. */
export function applyingRules(next: Sink, options: RuleOptions): Sink {
  const { metrics, rules = NO_RULES, measureSpans = false } = options;
  const measured = measuringSpans(next, measureSpans, metrics);
  return filteringSpans(editingAttributes(measured, rules), rules.spans, metrics);
}
