/**
 * The verdict on a finished trace. Rules look at the trace alone, never at its randomness, so a trace that a rule keeps
 * stands for itself (`th:0`, or for as many as the governor let it stand for), and the weights of the others are
 * those of their consistent share.
 */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hrTimeToMs } from '../hr-time.ts';
import type { AdaptiveController } from './adaptive.ts';
import { isSampled } from './decision.ts';
import { classifyOperation } from './operation-class.ts';
import { randomnessOf, thresholdOf } from './otel-state.ts';
import type { SpanStart } from './policy.ts';
import { createSlowestTracker, type SlowestOptions } from './slowest.ts';
import { hasAnyError, hasOpportunity } from './tail-rules.ts';
import { higherThreshold, isKept, lowerThreshold, type Threshold } from './threshold.ts';

/** Why a trace was kept; the value of `sampling.reason`. */
export type KeepReason = 'error' | 'opportunity' | 'slow' | 'head' | 'share';

/** A kept trace has the threshold it was kept under; null when nobody knows the probability. */
export type Verdict =
  | { readonly isKept: true; readonly reason: KeepReason; readonly threshold: Threshold | null }
  | { readonly isKept: false };

/** The share of the ordinary, and how the slowest are found. */
export interface JudgeOptions extends SlowestOptions {
  /** Consistent share of what no rule keeps, beside what the head sampled; null keeps none. Default null. */
  readonly share?: Threshold | null;
  /** Set: errors are kept only as this controller's error keys allow, instead of all. */
  readonly errorController?: AdaptiveController;
}

/** Gives each trace one verdict; it remembers only durations. */
export interface Judge {
  /** `spans` are those that ended, at least one. */
  judge(spans: readonly ReadableSpan[], trace: TraceFacts): Verdict;
}

/** What is known of a trace beside its spans. */
export interface TraceFacts {
  /** The span that began first in this process. */
  readonly rootSpanId: string;
  /** Under which the trace was recorded at all: what is certain here has only that probability. */
  readonly floor: Threshold;
}

const LET_GO: Verdict = { isKept: false };

/** A judge without memories. */
export function createJudge(options: JudgeOptions): Judge {
  const slowest = createSlowestTracker(options);
  const { errorController, share = null } = options;

  return {
    judge: (spans, { rootSpanId, floor }) => {
      const root = spans.find((span) => span.spanContext().spanId === rootSpanId);
      const judged = root ?? spans.at(-1);
      if (judged === undefined) return LET_GO;
      const key = classifyOperation(toStart(judged));
      const isSlow = root !== undefined && slowest.isSlow(key, hrTimeToMs(root.duration));
      const isError = hasAnyError(spans);
      if (isError && errorController === undefined) return certain('error', floor);
      if (hasOpportunity(spans)) return certain('opportunity', floor);
      if (isSlow) return certain('slow', floor);
      if (!isError || errorController === undefined) {
        return judgeByChance(judged, share && higherThreshold(share, floor), 'share');
      }
      const errorShare = higherThreshold(errorController.thresholdFor(key, 'error'), floor);
      const verdict = judgeByChance(judged, errorShare, 'error');
      if (verdict.isKept) countSpans(errorController, key, spans);
      return verdict;
    },
  };
}

/** What the head sampled stays; of the rest the part whose randomness reaches `threshold`. */
function judgeByChance(
  span: ReadableSpan,
  threshold: Threshold | null,
  reason: KeepReason,
): Verdict {
  const spanContext = span.spanContext();
  if (isSampled(spanContext)) {
    const head = thresholdOf(spanContext);
    const lower = head === null ? null : lowerThreshold(head, threshold);
    return { isKept: true, reason: 'head', threshold: lower };
  }
  const randomness = randomnessOf(spanContext.traceId, spanContext.traceState);
  if (threshold === null || !isKept(threshold, randomness)) return LET_GO;
  return { isKept: true, reason, threshold };
}

function countSpans(
  controller: AdaptiveController,
  key: string,
  spans: readonly ReadableSpan[],
): void {
  spans.forEach((span, index) => {
    const { traceId } = span.spanContext();
    if (index === 0) controller.onSampled(traceId, key, 'error');
    else controller.onChildSampled(traceId);
  });
}

function certain(reason: KeepReason, floor: Threshold): Verdict {
  return { isKept: true, reason, threshold: floor };
}

function toStart(span: ReadableSpan): SpanStart {
  const { traceId } = span.spanContext();
  return { traceId, name: span.name, kind: span.kind, attributes: span.attributes };
}
