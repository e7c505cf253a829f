/**
 * The adaptive tail sampler as the program runs it: classes with rates of their own, a tenfold step, errors, a fake clock
 * and seeded ids. What leaves it must estimate what came.
 */

import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { createSampler } from '../../../src/telemetry/sampling/sampler.ts';
import { createIds, createManualClock, createRandom, parseSamplingConfig } from './support.ts';

const TARGET = 200;
const ERROR_RATIO = 0.01;

/** Kind, attributes and traces per second of each class; a trace has two spans. */
const CLASSES = {
  workflow: { kind: SpanKind.INTERNAL, attributes: {}, perSecond: 200 },
  api: { kind: SpanKind.CLIENT, attributes: {}, perSecond: 300 },
  storage: { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'x' }, perSecond: 150 },
  ingestion: { kind: SpanKind.CONSUMER, attributes: {}, perSecond: 500 },
} as const;

type ClassName = keyof typeof CLASSES;
const CLASS_NAMES = Object.keys(CLASSES) as readonly ClassName[];

function setUp(seed: number) {
  const clock = createManualClock();
  const random = createRandom(seed);
  const config = parseSamplingConfig({
    OTEL_TRACES_SAMPLER: 'adaptive_tail',
    TELEMETRY_TARGET_SPANS_PER_SECOND: `${TARGET}`,
    TELEMETRY_SAMPLING_INTERVAL_MS: '1000',
    TELEMETRY_BUDGET_RATIO: '0',
  });
  const sampling = createSampler(config, { clock });
  const kept: ReadableSpan[] = [];
  const sink: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => kept.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const newId = createIds(random);
  const tracer = new BasicTracerProvider({
    sampler: sampling.sampler,
    spanProcessors: [sampling.wrapProcessor(sink)],
    idGenerator: { generateTraceId: newId, generateSpanId: () => newId().slice(16) },
  }).getTracer('test');

  const runTrace = (name: ClassName): boolean => {
    const { kind, attributes } = CLASSES[name];
    const options = { kind, attributes, startTime: clock.nowMs };
    const root = tracer.startSpan(name, options, ROOT_CONTEXT);
    const child = tracer.startSpan(
      'child',
      { startTime: clock.nowMs },
      trace.setSpan(ROOT_CONTEXT, root),
    );
    const isError = random() < ERROR_RATIO;
    if (isError) child.setStatus({ code: SpanStatusCode.ERROR });
    const durationMs = random() * 100;
    child.end(clock.nowMs + durationMs);
    root.end(clock.nowMs + durationMs);
    return isError;
  };

  /** One second in which every class comes at `factor` times its rate. */
  const runSecond = (factor: number) => {
    const counts: Record<string, number> = {};
    let errorsCount = 0;
    const steps = 100;
    for (let step = 0; step < steps; step += 1) {
      clock.nowMs += 1000 / steps;
      for (const name of CLASS_NAMES) {
        const count = (CLASSES[name].perSecond * factor) / steps;
        for (let index = 0; index < count; index += 1) {
          counts[name] = (counts[name] ?? 0) + 1;
          if (runTrace(name)) errorsCount += 1;
        }
      }
    }
    return { counts, errorsCount };
  };
  return { sampling, kept, runSecond };
}

const weight = (span: ReadableSpan) => Number(span.attributes['sampling.adjusted_count'] ?? 1);

test('over a tenfold step totals are estimated, errors kept, targets met and memory bounded', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { sampling, kept, runSecond } = setUp(seed);
      const totals: Record<string, number> = {};
      let errorsCount = 0;
      let chanceSpans = 0;
      for (const factor of [0.2, 0.2, 0.2, 0.2, 2, 2, 2, 2]) {
        const before = kept.length;
        const second = runSecond(factor);
        errorsCount += second.errorsCount;
        for (const name of CLASS_NAMES) {
          totals[name] = (totals[name] ?? 0) + (second.counts[name] ?? 0);
        }
        chanceSpans = kept
          .slice(before)
          .filter((span) => span.attributes['sampling.reason'] === 'head').length;
      }
      for (const name of CLASS_NAMES) {
        const roots = kept.filter((span) => span.name === name);
        const estimate = roots.reduce((sum, span) => sum + weight(span), 0);
        const variance = roots.reduce((sum, span) => sum + weight(span) * (weight(span) - 1), 0);
        expect(Math.abs(estimate - (totals[name] ?? 0))).toBeLessThan(3 * Math.sqrt(variance));
      }
      const errors = kept.filter((span) => span.status.code === SpanStatusCode.ERROR);
      expect(errors).toHaveLength(errorsCount);
      expect(Math.abs(chanceSpans - TARGET)).toBeLessThan(0.2 * TARGET + 3 * Math.sqrt(2 * TARGET));
      const { tail, adaptive } = sampling.stats();
      expect(tail).toMatchObject({ bufferedTracesCount: 0, bufferedSpansCount: 0 });
      expect(Object.keys(adaptive ?? {})).toHaveLength(4);
    }),
    { seed: 12, numRuns: 4 },
  );
});
