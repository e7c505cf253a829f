/** Workflows and their stages: what is processed, how much of it, how fast. */

import type { Attributes, Span } from '@opentelemetry/api';
import { type Clock, systemClock } from '../domain/clock.ts';
import { ATTR, SPAN } from './names.ts';
import { setBaggageValues } from './propagate/baggage.ts';
import { isThenable, withSpan } from './spans.ts';
import type { Telemetry } from './telemetry.ts';

export interface WorkflowOptions {
  /**
   * Names this run: letters, digits and `. _ : -`, at most 128. Carried as baggage, so that every span below, here and
   * in other services, has it.
   */
  readonly workflowId: string;
  readonly attributes?: Attributes;
}

/** Runs `work` in the span of a workflow. */
export function withWorkflow<Result>(
  telemetry: Telemetry,
  options: WorkflowOptions,
  work: (span: Span) => Result,
): Result {
  const { workflowId } = options;
  const parent = setBaggageValues(telemetry.activeContext(), { workflowId });
  const attributes = { ...options.attributes, [ATTR.workflowId]: workflowId };
  return withSpan(telemetry.tracer, SPAN.workflow, { parent, attributes }, work);
}

/** What a stage has processed so far. */
export interface StageProgress {
  readonly span: Span;
  addRecords(count: number): void;
  addBytes(sizeBytes: number): void;
}

export interface StageOptions {
  /** Name of the stage, of few values: lower-case letters, digits and `. _ -`. Carried as baggage. */
  readonly stage: string;
  readonly attributes?: Attributes;
  readonly clock?: Clock;
}

/**
 * Runs `work` in the span of a stage. When it ends, also by an error, the span carries how much was processed and, where
 * the clock has moved, how fast.
 */
export function withStage<Result>(
  telemetry: Telemetry,
  options: StageOptions,
  work: (progress: StageProgress) => Result,
): Result {
  const clock = options.clock ?? systemClock;
  const { stage } = options;
  const parent = setBaggageValues(telemetry.activeContext(), { processingStage: stage });
  const attributes = { ...options.attributes, [ATTR.processingStage]: stage };
  return withSpan(telemetry.tracer, SPAN.processingStage, { parent, attributes }, (span) => {
    const counts = { records: 0, bytes: 0 };
    const startedMs = clock.monotonicMs();
    const end = () => describe(span, counts, clock.monotonicMs() - startedMs);
    return runStage(() => work(toProgress(span, counts)), end);
  });
}

interface StageCounts {
  records: number;
  bytes: number;
}

function toProgress(span: Span, counts: StageCounts): StageProgress {
  return {
    span,
    addRecords: (count) => {
      counts.records += count;
    },
    addBytes: (sizeBytes) => {
      counts.bytes += sizeBytes;
    },
  };
}

function runStage<Result>(work: () => Result, end: () => void): Result {
  let result: Result;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (isThenable(result)) return Promise.resolve(result).finally(end) as Result;
  end();
  return result;
}

function describe(span: Span, { records, bytes }: StageCounts, durationMs: number): void {
  span.setAttribute(ATTR.recordCount, records);
  if (bytes > 0) span.setAttribute(ATTR.dataSizeBytes, bytes);
  // A clock that stands still (Workers, between two inputs) has no throughput to tell.
  if (durationMs <= 0) return;
  const seconds = durationMs / 1_000;
  span.setAttribute(ATTR.recordsPerSecond, records / seconds);
  if (bytes > 0) span.setAttribute(ATTR.bytesPerSecond, bytes / seconds);
}
