import { expect, test } from 'bun:test';
import { SpanKind } from '@opentelemetry/api';
import fc from 'fast-check';
import {
  type AdaptiveController,
  createAdaptiveController,
  createAdaptivePolicy,
  OVERFLOW_KEY,
} from '../../../src/telemetry/sampling/adaptive.ts';
import { RECORD_AND_SAMPLED } from '../../../src/telemetry/sampling/decision.ts';
import { classifyOperation } from '../../../src/telemetry/sampling/operation-class.ts';
import { createPolicySampler } from '../../../src/telemetry/sampling/policy-sampler.ts';
import { isKept, randomnessOfTraceId } from '../../../src/telemetry/sampling/threshold.ts';
import { askRoot, createIds, createManualClock, createRandom } from './support.ts';

const INTERVAL_MS = 1000;

/** Traces of one class, evenly spread over whole intervals of a manual clock. */
function setUp(seed: number, goalPerSecond: number, maxKeys?: number) {
  const clock = createManualClock();
  const newId = createIds(createRandom(seed));
  const controller = createAdaptiveController({
    clock,
    targetSpansPerSecond: goalPerSecond,
    shares: { work: 1 },
    intervalMs: INTERVAL_MS,
    ...(maxKeys !== undefined && { maxKeys }),
  });
  const runInterval = (tracesPerSecond: number, childrenPerTrace = 0) =>
    runTraces(controller, clock, newId, tracesPerSecond, childrenPerTrace);
  return { clock, controller, newId, runInterval };
}

function runTraces(
  controller: AdaptiveController,
  clock: { nowMs: number },
  newId: () => string,
  tracesPerSecond: number,
  childrenPerTrace: number,
) {
  let spansCount = 0;
  let estimate = 0;
  let variance = 0;
  for (let index = 0; index < tracesPerSecond; index += 1) {
    clock.nowMs += INTERVAL_MS / tracesPerSecond;
    const traceId = newId();
    const threshold = controller.thresholdFor('work', 'ok');
    variance += threshold.adjustedCount - 1;
    if (!isKept(threshold, randomnessOfTraceId(traceId))) continue;
    estimate += threshold.adjustedCount;
    controller.onSampled(traceId, 'work', 'ok');
    for (let child = 0; child < childrenPerTrace; child += 1) controller.onChildSampled(traceId);
    spansCount += 1 + childrenPerTrace;
  }
  return { spansCount, estimate, variance };
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const RUNS = { seed: 7, numRuns: 12 };

/** 20 % of the goal, and what chance adds to the count of one interval. */
function tolerance(goal: number, spansPerTrace = 1): number {
  return 0.2 * goal + 3 * Math.sqrt(goal * spansPerTrace);
}

test('steady traffic is kept at the goal within 20 %', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 500, max: 4000 }), (seed, tracesPerSecond) => {
      const goal = 200;
      const { runInterval } = setUp(seed, goal);
      for (let warmUp = 0; warmUp < 4; warmUp += 1) runInterval(tracesPerSecond);
      let spansCount = 0;
      for (let index = 0; index < 10; index += 1)
        spansCount += runInterval(tracesPerSecond).spansCount;
      expect(Math.abs(spansCount / 10 - goal)).toBeLessThan(0.2 * goal);
    }),
    RUNS,
  );
});

test('the goal counts spans, not traces', () => {
  const goal = 300;
  const { runInterval } = setUp(8, goal);
  for (let warmUp = 0; warmUp < 6; warmUp += 1) runInterval(2000, 9);
  let spansCount = 0;
  for (let index = 0; index < 10; index += 1) spansCount += runInterval(2000, 9).spansCount;
  expect(Math.abs(spansCount / 10 - goal)).toBeLessThan(0.2 * goal);
});

test('traffic below the goal is kept whole', () => {
  const { runInterval } = setUp(9, 200);
  for (let index = 0; index < 5; index += 1) expect(runInterval(150).spansCount).toBe(150);
});

test.each([
  ['tenfold', 10],
  ['a tenth', 0.1],
  ['threefold', 3],
])('after a step to %s the goal is met again within three intervals', (_title, factor) => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const goal = 150;
      const base = factor < 1 ? 8000 : 800;
      const { runInterval } = setUp(seed, goal);
      for (let warmUp = 0; warmUp < 5; warmUp += 1) runInterval(base);
      for (let settling = 0; settling < 3; settling += 1) runInterval(base * factor);
      const { spansCount } = runInterval(base * factor);
      expect(Math.abs(spansCount - goal)).toBeLessThan(tolerance(goal));
    }),
    RUNS,
  );
});

test('the interval of a tenfold step keeps far less than ten goals', () => {
  const goal = 100;
  const { runInterval } = setUp(10, goal);
  for (let warmUp = 0; warmUp < 5; warmUp += 1) runInterval(1000);
  expect(runInterval(10_000).spansCount).toBeLessThan(5 * goal);
});

test('a clock that stands still does not let a flood through', () => {
  const { clock, controller, newId } = setUp(11, 100);
  let keptCount = 0;
  for (let index = 0; index < 200_000; index += 1) {
    const traceId = newId();
    if (isKept(controller.thresholdFor('work', 'ok'), randomnessOfTraceId(traceId))) keptCount += 1;
  }
  expect(clock.nowMs).toBe(0);
  expect(keptCount).toBeLessThan(1500);
});

test('weights estimate the true total within three deviations, steps included', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { runInterval } = setUp(seed, 100);
      let total = 0;
      let estimate = 0;
      let variance = 0;
      for (const tracesPerSecond of [500, 500, 5000, 5000, 800, 50, 2000]) {
        const run = runInterval(tracesPerSecond);
        total += tracesPerSecond;
        estimate += run.estimate;
        variance += run.variance;
      }
      expect(Math.abs(estimate - total)).toBeLessThan(3 * Math.sqrt(variance));
    }),
    RUNS,
  );
});

test('keys are bounded: those beyond share one', () => {
  const { controller } = setUp(12, 100, 10);
  for (let index = 0; index < 1000; index += 1) controller.thresholdFor(`class-${index}`, 'ok');
  const stats = controller.stats();
  expect(Object.keys(stats)).toHaveLength(11);
  expect(stats[OVERFLOW_KEY]?.seenCount).toBe(990);
  expect(stats[OVERFLOW_KEY]?.goalPerSecond).toBe(10);
});

test('a key that is silent for thirteen intervals is forgotten, and one for twelve is not', () => {
  const { clock, controller } = setUp(13, 100);
  controller.thresholdFor('quiet', 'ok');
  const pass = (intervals: number) => {
    for (let index = 0; index < intervals; index += 1) {
      clock.nowMs += INTERVAL_MS;
      for (let trace = 0; trace < 16; trace += 1) controller.thresholdFor('work', 'ok');
    }
  };
  pass(13);
  expect(Object.keys(controller.stats())).toContain('quiet|ok');
  pass(1);
  expect(Object.keys(controller.stats())).not.toContain('quiet|ok');
});

test('outcomes of a class are counted apart, each with the share of the class', () => {
  const { controller } = setUp(14, 100);
  controller.thresholdFor('work', 'ok');
  controller.thresholdFor('work', 'error');
  controller.onSampled('1'.repeat(32), 'work', 'error');
  const stats = controller.stats();
  expect(stats['work|error']).toMatchObject({ seenCount: 1, sampledCount: 1, goalPerSecond: 100 });
  expect(stats['work|ok']).toMatchObject({ seenCount: 1, sampledCount: 0 });
});

test('the policy asks by class of operation', () => {
  const clock = createManualClock();
  const controller = createAdaptiveController({ clock, targetSpansPerSecond: 100 });
  const policy = createAdaptivePolicy(controller, 100);
  const sampler = createPolicySampler(policy);
  const newId = createIds(createRandom(15));
  expect(askRoot(sampler, newId(), 'GET', SpanKind.CLIENT).decision).toBe(RECORD_AND_SAMPLED);
  expect(askRoot(sampler, newId(), 'job').traceState?.serialize()).toBe('ot=th:0');
  const { 'api|ok': api, 'workflow|ok': workflow } = controller.stats();
  expect(api).toMatchObject({ goalPerSecond: 30, sampledCount: 1 });
  expect(workflow).toMatchObject({ goalPerSecond: 40, sampledCount: 1 });
  expect(String(sampler)).toBe('adaptive{100}');
});

test.each([
  [
    'a database attribute',
    SpanKind.CLIENT,
    'SELECT',
    { 'db.system.name': 'postgresql' },
    'storage',
  ],
  ['the old database attribute', SpanKind.INTERNAL, 'x', { 'db.system': 'redis' }, 'storage'],
  ['a consumer', SpanKind.CONSUMER, 'process q', {}, 'ingestion'],
  ['a producer', SpanKind.PRODUCER, 'send q', {}, 'ingestion'],
  ['fetched market data', SpanKind.INTERNAL, 'arbitrage.fetch_market_data', {}, 'ingestion'],
  ['a server', SpanKind.SERVER, 'GET /', {}, 'api'],
  ['an exchange call', SpanKind.INTERNAL, 'exchange.call', {}, 'api'],
  ['detection', SpanKind.INTERNAL, 'arbitrage.detect_opportunities', {}, 'workflow'],
])('%s is classed', (_title, kind, name, attributes, expected) => {
  const start = { traceId: '1'.repeat(32), name, kind, attributes };
  expect(classifyOperation(start)).toBe(expected as ReturnType<typeof classifyOperation>);
});

test.each([
  ['targetSpansPerSecond', { targetSpansPerSecond: 0 }],
  ['intervalMs', { intervalMs: 0.5 }],
  ['maxKeys', { maxKeys: 0 }],
])('%s out of its bounds is refused by name', (name, options) => {
  const clock = createManualClock();
  const make = () => createAdaptiveController({ clock, targetSpansPerSecond: 1, ...options });
  expect(make).toThrow(RangeError);
  expect(make).toThrow(name);
});
