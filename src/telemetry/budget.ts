/** Time budgets: work that takes longer than it should is marked on its span and counted. */

import { type Span, trace } from '@opentelemetry/api';
import { type Clock, systemClock } from '../domain/clock.ts';
import { ATTR, METRIC } from './names.ts';
import { isThenable } from './spans.ts';
import type { Telemetry } from './telemetry.ts';

export interface BudgetOptions {
  /** Name of the work, of few values: an attribute of the counter. */
  readonly operation: string;
  readonly budgetMs: number;
  /** The active span when absent. */
  readonly span?: Span;
  readonly clock?: Clock;
}

/**
 * Runs `work`; when it takes longer than `budgetMs`, its span says so (`crypto.budget_exceeded`, with both times) and
 * `telemetry.budget.overruns` counts it. Nothing is cut short. Work that throws is measured too.
 */
export function withBudget<Result>(
  telemetry: Telemetry,
  options: BudgetOptions,
  work: () => Result,
): Result {
  const clock = options.clock ?? systemClock;
  const span = options.span ?? trace.getSpan(telemetry.activeContext());
  const startedMs = clock.monotonicMs();
  const end = () => settle(telemetry, options, span, clock.monotonicMs() - startedMs);
  let result: Result;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (!isThenable(result)) {
    end();
    return result;
  }
  return Promise.resolve(result).finally(end) as Result;
}

function settle(
  telemetry: Telemetry,
  { operation, budgetMs }: BudgetOptions,
  span: Span | undefined,
  durationMs: number,
): void {
  span?.setAttribute(ATTR.budgetMs, budgetMs);
  if (durationMs <= budgetMs) return;
  span?.setAttributes({ [ATTR.budgetExceeded]: true, [ATTR.durationMs]: durationMs });
  telemetry.meter
    .createCounter(METRIC.budgetOverruns, {
      unit: '{overrun}',
      description: 'Work that took longer than its budget.',
    })
    .add(1, { [ATTR.operation]: operation });
}
