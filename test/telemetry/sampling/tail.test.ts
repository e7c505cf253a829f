import { expect, test } from 'bun:test';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { createAdaptiveController } from '../../../src/telemetry/sampling/adaptive.ts';
import { createProbabilityPolicy } from '../../../src/telemetry/sampling/fixed-policies.ts';
import { createParentBasedSampler } from '../../../src/telemetry/sampling/parent-based.ts';
import { createPolicySampler } from '../../../src/telemetry/sampling/policy-sampler.ts';
import { createTailProcessor, type TailOptions } from '../../../src/telemetry/sampling/tail.ts';
import {
  ALWAYS_THRESHOLD,
  type Threshold,
  toThreshold,
} from '../../../src/telemetry/sampling/threshold.ts';
import { createIds, createManualClock, createRandom } from './support.ts';

interface SetUpOptions extends Partial<TailOptions> {
  readonly headProbability?: number;
  readonly seed?: number;
  readonly gate?: () => Threshold | null;
}

function setUp(options: SetUpOptions = {}) {
  const { headProbability = 0, seed = 1, gate = () => ALWAYS_THRESHOLD, ...tailOptions } = options;
  const clock = createManualClock();
  const exporter = new InMemorySpanExporter();
  const tail = createTailProcessor({
    clock,
    next: new SimpleSpanProcessor(exporter),
    maxTraces: 1_000,
    maxSpans: 10_000,
    maxSpansPerTrace: 512,
    maxWaitMs: 30_000,
    slowestCount: 0,
    ...tailOptions,
  });
  const policy = createProbabilityPolicy(headProbability);
  const root = createPolicySampler(policy, { recordGate: gate });
  const random = createRandom(seed);
  const newId = createIds(random);
  const provider = new BasicTracerProvider({
    sampler: createParentBasedSampler({ root, recordGate: gate }),
    spanProcessors: [tail],
    idGenerator: { generateTraceId: newId, generateSpanId: () => newId().slice(16) },
  });
  const tracer = provider.getTracer('test');
  const start = (name: string, parent?: Span, attributes: Attributes = {}) =>
    tracer.startSpan(
      name,
      { attributes, startTime: clock.nowMs },
      parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
    );
  const kept = () => exporter.getFinishedSpans();
  return { clock, tail, start, kept, names: () => kept().map((span) => span.name), random };
}

const fail = (span: Span) => span.setStatus({ code: SpanStatusCode.ERROR });
const weight = (span: ReadableSpan) => Number(span.attributes['sampling.adjusted_count'] ?? 1);

test('a trace with an error anywhere is kept whole, for itself', () => {
  const { start, kept, names, tail } = setUp();
  const root = start('root');
  const child = start('child', root);
  fail(child);
  child.end();
  expect(names()).toEqual([]);
  root.end();
  expect(names()).toEqual(['child', 'root']);
  for (const span of kept()) {
    expect(span.spanContext().traceFlags).toBe(1);
    expect(span.spanContext().traceState?.serialize()).toBe('ot=th:0');
    expect(span.attributes).toEqual({ 'sampling.reason': 'error' });
  }
  expect(tail.stats()).toMatchObject({ keptSpansCount: 2, letGoSpansCount: 0 });
  expect(tail.stats().keptCounts).toMatchObject({ error: 1, share: 0 });
});

test('a trace without anything to say is let go, and counted', () => {
  const { start, names, tail } = setUp();
  const root = start('root');
  start('child', root).end();
  root.end();
  expect(names()).toEqual([]);
  expect(tail.stats()).toMatchObject({
    letGoCount: 1,
    letGoSpansCount: 2,
    bufferedTracesCount: 0,
    bufferedSpansCount: 0,
  });
});

test.each([
  ['arbitrage.opportunities_found', 1, true],
  ['arbitrage.opportunities_opened_count', 2, true],
  ['arbitrage.opportunities_found', 0, false],
  ['arbitrage.candidates_count', 5, false],
])('a span with %s %p: kept %p', (key, value, isKept) => {
  const { start, kept } = setUp();
  start('root', undefined, { [key]: value }).end();
  expect(kept()).toHaveLength(isKept ? 1 : 0);
  if (isKept) expect(kept()[0]?.attributes['sampling.reason']).toBe('opportunity');
});

test('what the head sampled stays, with the weight of the head', () => {
  const { start, kept } = setUp({ headProbability: 0.5, seed: 3 });
  for (let index = 0; index < 200; index += 1) start(`root-${index}`).end();
  expect(kept().length).toBeGreaterThan(60);
  expect(kept().length).toBeLessThan(140);
  for (const span of kept()) {
    expect(span.spanContext().traceState?.serialize()).toBe('ot=th:8');
    expect(span.attributes).toEqual({ 'sampling.adjusted_count': 2, 'sampling.reason': 'head' });
  }
});

test('a share greater than the head keeps more, all with the weight of the share', () => {
  const share = toThreshold(0.5);
  const { start, kept } = setUp({ headProbability: 0.1, share, seed: 4 });
  for (let index = 0; index < 400; index += 1) start('root').end();
  const reasons = new Set(kept().map((span) => span.attributes['sampling.reason']));
  expect(reasons).toEqual(new Set(['head', 'share']));
  expect(new Set(kept().map(weight))).toEqual(new Set([2]));
});

test('the slowest of each minute are kept: the third of three, not the fourth', () => {
  const { start, kept, clock } = setUp({ slowestCount: 3 });
  const run = (durationMs: number) => {
    const span = start(`${durationMs}`);
    clock.nowMs += durationMs;
    span.end(clock.nowMs);
  };
  for (const durationMs of [50, 40, 30]) run(durationMs);
  expect(kept().map((span) => span.name)).toEqual(['50', '40', '30']);
  run(30);
  run(29);
  expect(kept()).toHaveLength(3);
  run(31);
  expect(kept().map((span) => span.attributes['sampling.reason'])).toEqual(Array(4).fill('slow'));
  clock.nowMs += 60_000;
  run(31);
  run(32);
  expect(kept().at(-1)?.name).toBe('32');
  expect(kept()).toHaveLength(5);
});

test('a trace waits for children that outlive their root', () => {
  const { start, names } = setUp();
  const root = start('root');
  const late = start('late', root);
  root.end();
  expect(names()).toEqual([]);
  fail(late);
  late.end();
  expect(names()).toEqual(['root', 'late']);
});

test('at the bound of traces the oldest is decided early, with what is known', () => {
  const { start, names, tail } = setUp({ maxTraces: 2 });
  const first = start('first');
  const failed = start('failed', first);
  fail(failed);
  failed.end();
  start('second');
  expect(names()).toEqual([]);
  start('third');
  expect(names()).toEqual(['failed']);
  expect(tail.stats()).toMatchObject({ bufferedTracesCount: 2 });
  expect(tail.stats().earlyCounts.max_traces).toBe(1);
  first.end();
  expect(names()).toEqual(['failed', 'first']);
  expect(tail.stats().lateSpansCount).toBe(1);
});

test('a late error is kept although its trace was let go', () => {
  const { start, kept, tail } = setUp({ maxSpansPerTrace: 2 });
  const root = start('root');
  start('a', root).end();
  start('b', root).end();
  expect(tail.stats().earlyCounts.max_spans_per_trace).toBe(1);
  start('c', root).end();
  const failed = start('failed', root);
  fail(failed);
  failed.end();
  root.end();
  expect(kept().map((span) => span.name)).toEqual(['failed']);
  expect(kept()[0]?.attributes['sampling.adjusted_count']).toBeUndefined();
  expect(tail.stats()).toMatchObject({ letGoSpansCount: 4, keptSpansCount: 1, lateSpansCount: 3 });
});

test('at the bound of spans the oldest traces make room', () => {
  const { start, tail } = setUp({ maxSpans: 3 });
  const roots = [start('one'), start('two')];
  for (let index = 0; index < 3; index += 1) start('child', roots[index % 2]).end();
  expect(tail.stats().bufferedSpansCount).toBe(3);
  start('child', roots[1]).end();
  expect(tail.stats()).toMatchObject({ bufferedSpansCount: 2, bufferedTracesCount: 1 });
  expect(tail.stats().earlyCounts.max_spans).toBe(1);
});

test('a trace that is too old is decided at the next end of a span', () => {
  const { start, names, tail, clock } = setUp({ maxWaitMs: 1000 });
  const old = start('old');
  const failed = start('failed', old);
  fail(failed);
  failed.end();
  clock.nowMs += 1000;
  start('other').end();
  expect(names()).toEqual([]);
  clock.nowMs += 1;
  start('other').end();
  expect(names()).toEqual(['failed']);
  expect(tail.stats().earlyCounts.max_wait).toBe(1);
});

test('shutdown decides what is left; a flush leaves unfinished traces alone', async () => {
  const { start, tail } = setUp();
  const root = start('root');
  const failed = start('failed', root);
  fail(failed);
  failed.end();
  await tail.forceFlush();
  expect(tail.stats().bufferedSpansCount).toBe(1);
  await tail.shutdown();
  expect(tail.stats()).toMatchObject({ bufferedTracesCount: 0, keptSpansCount: 1 });
  expect(tail.stats().earlyCounts.shutdown).toBe(1);
});

test('every span is kept, let go or held, and memory stays within its bounds', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const bounds = { maxTraces: 20, maxSpans: 60, maxSpansPerTrace: 10 };
      const { start, kept, tail, random, clock } = setUp({ ...bounds, seed, maxWaitMs: 500 });
      const open: Span[] = [];
      let endedCount = 0;
      let errorsCount = 0;
      for (let step = 0; step < 1500; step += 1) {
        clock.nowMs += random() * 5;
        const parent = open[Math.floor(random() * open.length)];
        if (random() < 0.5) open.push(start('span', random() < 0.6 ? parent : undefined));
        else if (parent !== undefined) {
          if (random() < 0.05) {
            fail(parent);
            errorsCount += 1;
          }
          parent.end();
          endedCount += 1;
          open.splice(open.indexOf(parent), 1);
        }
        const stats = tail.stats();
        expect(stats.bufferedTracesCount).toBeLessThanOrEqual(bounds.maxTraces);
        expect(stats.bufferedSpansCount).toBeLessThanOrEqual(bounds.maxSpans);
      }
      const { keptSpansCount, letGoSpansCount, bufferedSpansCount } = tail.stats();
      expect(keptSpansCount + letGoSpansCount + bufferedSpansCount).toBe(endedCount);
      for (const span of open) span.end();
      const keptErrors = kept().filter((span) => span.status.code === SpanStatusCode.ERROR);
      expect(keptErrors).toHaveLength(errorsCount);
    }),
    { seed: 8, numRuns: 5 },
  );
});

test('weights estimate totals within three deviations, and all errors are kept', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { start, kept, random } = setUp({ headProbability: 0.1, seed, slowestCount: 3 });
      let errorsCount = 0;
      const count = 3000;
      for (let index = 0; index < count; index += 1) {
        const root = start('root');
        start('child', root).end();
        if (random() < 0.02) {
          fail(root);
          errorsCount += 1;
        }
        root.end();
      }
      const roots = kept().filter((span) => span.name === 'root');
      expect(roots.filter((span) => span.status.code === SpanStatusCode.ERROR)).toHaveLength(
        errorsCount,
      );
      const estimate = roots.reduce((sum, span) => sum + weight(span), 0);
      expect(Math.abs(estimate - count)).toBeLessThan(3 * Math.sqrt(count * 9));
    }),
    { seed: 9, numRuns: 4 },
  );
});

test('under a governed floor certain traces stand for those that were not recorded', () => {
  const floor = toThreshold(0.25);
  const { start, kept, tail } = setUp({ gate: () => floor, seed: 10 });
  const count = 2000;
  for (let index = 0; index < count; index += 1) {
    const root = start('root');
    fail(root);
    root.end();
  }
  expect(kept().length).toBeLessThan(count / 3);
  expect(new Set(kept().map(weight))).toEqual(new Set([4]));
  expect(kept()[0]?.spanContext().traceState?.serialize()).toBe('ot=th:c');
  expect(kept()[0]?.attributes['sampling.record_threshold']).toBeUndefined();
  const estimate = kept().reduce((sum, span) => sum + weight(span), 0);
  expect(Math.abs(estimate - count)).toBeLessThan(3 * Math.sqrt(count * 3));
  expect(tail.stats().keptCounts.error).toBe(kept().length);
});

test('an adaptive controller can bound a storm of errors, with honest weights', () => {
  const clock = createManualClock();
  const errorController = createAdaptiveController({
    clock,
    targetSpansPerSecond: 100,
    shares: { workflow: 1 },
    intervalMs: 1000,
  });
  const { start, kept } = setUp({ errorController, seed: 11 });
  const perSecond = 2000;
  const seconds = 8;
  for (let index = 0; index < perSecond * seconds; index += 1) {
    clock.nowMs += 1000 / perSecond;
    const root = start('root');
    fail(root);
    root.end();
  }
  expect(kept().length).toBeLessThan(100 * (seconds + 6));
  expect(errorController.stats()['workflow|error']?.seenCount).toBe(perSecond * seconds);
  const total = perSecond * seconds;
  const estimate = kept().reduce((sum, span) => sum + weight(span), 0);
  const variance = kept().reduce((sum, span) => sum + weight(span) * (weight(span) - 1), 0);
  expect(Math.abs(estimate - total)).toBeLessThan(3 * Math.sqrt(variance));
});

test.each(['maxTraces', 'maxSpans', 'maxSpansPerTrace'])(
  '%s below 1 is refused by name',
  (name) => {
    expect(() => setUp({ [name]: 1 })).not.toThrow();
    expect(() => setUp({ [name]: 0 })).toThrow(RangeError);
    expect(() => setUp({ [name]: 1.5 })).toThrow(name);
  },
);
