import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, SpanKind, type TraceState, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type Sampler } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { parseTraceState } from '../../../src/telemetry/propagate/trace-state.ts';
import {
  NOT_RECORD,
  RECORD,
  RECORD_AND_SAMPLED,
} from '../../../src/telemetry/sampling/decision.ts';
import {
  createAlwaysPolicy,
  createNeverPolicy,
  createProbabilityPolicy,
  createRateLimitedPolicy,
} from '../../../src/telemetry/sampling/fixed-policies.ts';
import { createParentBasedSampler } from '../../../src/telemetry/sampling/parent-based.ts';
import { createPolicySampler } from '../../../src/telemetry/sampling/policy-sampler.ts';
import { ALWAYS_THRESHOLD } from '../../../src/telemetry/sampling/threshold.ts';
import { askRoot, createIds, createManualClock, createRandom } from './support.ts';

const HIGH = `${'1'.repeat(18)}ffffffffffffff`;
const LOW = `${'1'.repeat(18)}00000000000000`;
const SPAN = '2'.repeat(16);

const always = createPolicySampler(createAlwaysPolicy());
const never = createPolicySampler(createNeverPolicy());
const ratio = (probability: number) => createPolicySampler(createProbabilityPolicy(probability));

function askChild(
  sampler: Sampler,
  parent: { traceId?: string; traceFlags: number; isRemote?: boolean; traceState?: string },
) {
  const { traceState: header, ...rest } = parent;
  const traceState = header === undefined ? null : parseTraceState(header);
  const spanContext = {
    traceId: HIGH,
    spanId: SPAN,
    ...rest,
    ...(traceState !== null && { traceState: traceState as TraceState }),
  };
  const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  return sampler.shouldSample(context, spanContext.traceId, 'child', SpanKind.INTERNAL, {}, []);
}

test('always keeps, never keeps not, and both say their names', () => {
  expect(askRoot(always, LOW).decision).toBe(RECORD_AND_SAMPLED);
  expect(askRoot(always, LOW).traceState).toBeUndefined();
  expect(askRoot(never, HIGH).decision).toBe(NOT_RECORD);
  expect([String(always), String(never), String(ratio(0.5))]).toEqual([
    'always_on',
    'always_off',
    'consistent_probability{0.5}',
  ]);
});

test('a span that is not sampled shares one result', () => {
  expect(askRoot(never, HIGH)).toBe(askRoot(ratio(0.5), LOW));
});

test('a kept span carries its threshold and weight', () => {
  const result = askRoot(ratio(0.25), HIGH);
  expect(result.decision).toBe(RECORD_AND_SAMPLED);
  expect(result.traceState?.serialize()).toBe('ot=th:c');
  expect(result.attributes).toEqual({ 'sampling.adjusted_count': 4 });
  expect(askRoot(ratio(1), HIGH).traceState?.serialize()).toBe('ot=th:0');
  expect(askRoot(ratio(1), HIGH).attributes).toBeUndefined();
});

test('the trace whose randomness is the threshold is the last one kept', () => {
  const id = (randomness: string) => '1'.repeat(18) + randomness;
  expect(askRoot(ratio(0.5), id('80000000000000')).decision).toBe(RECORD_AND_SAMPLED);
  expect(askRoot(ratio(0.5), id('7fffffffffffff')).decision).toBe(NOT_RECORD);
});

test('explicit randomness decides, and stays', () => {
  const sampler = ratio(0.5);
  const kept = askChild(sampler, {
    traceId: LOW,
    traceFlags: 1,
    traceState: 'ot=rv:ffffffffffffff',
  });
  expect(kept.traceState?.serialize()).toBe('ot=th:8;rv:ffffffffffffff');
  const dropped = askChild(sampler, { traceFlags: 1, traceState: 'ot=th:4;rv:00000000000000' });
  expect(dropped.decision).toBe(NOT_RECORD);
  expect(dropped.traceState?.serialize()).toBe('ot=rv:00000000000000');
});

test('what a lower probability keeps a higher one keeps too', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, probability) => {
      const newId = createIds(createRandom(seed));
      const lower = ratio(probability * 0.7);
      const higher = ratio(probability);
      for (let index = 0; index < 50; index += 1) {
        const id = newId();
        if (askRoot(lower, id).decision === RECORD_AND_SAMPLED) {
          expect(askRoot(higher, id).decision).toBe(RECORD_AND_SAMPLED);
        }
      }
    }),
    { seed: 5, numRuns: 50 },
  );
});

test('weights of a consistent share add up to the number of traces, within three deviations', () => {
  const newId = createIds(createRandom(6));
  const sampler = ratio(0.1);
  const count = 20_000;
  let estimate = 0;
  for (let index = 0; index < count; index += 1) {
    const result = askRoot(sampler, newId());
    estimate += Number(result.attributes?.['sampling.adjusted_count'] ?? 0);
  }
  const deviation = Math.sqrt(count * 9);
  expect(Math.abs(estimate - count)).toBeLessThan(3 * deviation);
});

test('a probability is from 0 to 1', () => {
  expect(() => createProbabilityPolicy(0)).not.toThrow();
  expect(() => createProbabilityPolicy(1)).not.toThrow();
  for (const bad of [-0.001, 1.001, Number.NaN]) {
    expect(() => createProbabilityPolicy(bad)).toThrow(RangeError);
  }
});

test.each([
  [{ traceFlags: 1 }, RECORD_AND_SAMPLED],
  [{ traceFlags: 3, isRemote: true }, RECORD_AND_SAMPLED],
  [{ traceFlags: 0 }, NOT_RECORD],
  [{ traceFlags: 2, isRemote: true }, NOT_RECORD],
  [{ traceFlags: 1, traceId: '0'.repeat(32) }, NOT_RECORD],
])('a parent %j decides %p, where the root sampler never keeps', (parent, decision) => {
  expect(askChild(createParentBasedSampler({ root: never }), parent).decision).toBe(decision);
});

test('the parent decides against a root sampler that always keeps', () => {
  const sampler = createParentBasedSampler({ root: always });
  expect(askRoot(sampler, LOW).decision).toBe(RECORD_AND_SAMPLED);
  expect(askChild(sampler, { traceFlags: 0 }).decision).toBe(NOT_RECORD);
  expect(String(sampler)).toBe('parentbased_always_on');
});

test('a credible threshold of a remote parent is kept, another erased', () => {
  const sampler = createParentBasedSampler({ root: never });
  const remote = (traceFlags: number, traceState: string, traceId = HIGH) =>
    askChild(sampler, { traceFlags, traceState, traceId, isRemote: true });
  expect(remote(1, 'ot=th:c,a=1').traceState?.serialize()).toBe('ot=th:c,a=1');
  expect(remote(1, 'ot=th:c').attributes).toEqual({ 'sampling.adjusted_count': 4 });
  expect(remote(1, 'a=1,ot=th:c', LOW).traceState?.serialize()).toBe('a=1');
  expect(remote(1, 'ot=th:c', LOW).attributes).toBeUndefined();
  expect(remote(0, 'ot=th:c,a=1').traceState?.serialize()).toBe('a=1');
  expect(remote(0, 'ot=th:c', LOW).traceState).toBeUndefined();
});

test('local children carry the weight of their trace', () => {
  const sampler = createParentBasedSampler({ root: never });
  const child = askChild(sampler, { traceFlags: 1, traceState: 'ot=th:c' });
  expect(child).toEqual({
    decision: RECORD_AND_SAMPLED,
    attributes: { 'sampling.adjusted_count': 4 },
  });
});

test('for a tail sampler, what is not sampled is recorded down the trace', () => {
  const recordGate = () => ALWAYS_THRESHOLD;
  const root = createPolicySampler(createNeverPolicy(), { recordGate });
  const sampler = createParentBasedSampler({ root, recordGate });
  const tracer = new BasicTracerProvider({ sampler }).getTracer('test');
  const parent = tracer.startSpan('root', {}, ROOT_CONTEXT);
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
  expect(parent.isRecording()).toBe(true);
  expect(child.isRecording()).toBe(true);
  expect(child.spanContext().traceFlags).toBe(0);
  const refused = trace.wrapSpanContext({ traceId: HIGH, spanId: SPAN, traceFlags: 0 });
  const orphan = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, refused));
  expect(orphan.isRecording()).toBe(false);
  expect(askChild(sampler, { traceFlags: 0, isRemote: true }).decision).toBe(RECORD);
});

test('a rate limit lets a second of traces through, then as many as time brings', () => {
  const clock = createManualClock();
  const sampler = createPolicySampler(createRateLimitedPolicy(10, clock));
  const take = (count: number) =>
    Array.from({ length: count }, () => askRoot(sampler, LOW)).filter(
      (result) => result.decision === RECORD_AND_SAMPLED,
    ).length;
  expect(take(100)).toBe(10);
  expect(take(100)).toBe(0);
  clock.nowMs += 99;
  expect(take(1)).toBe(0);
  clock.nowMs += 1;
  expect(take(2)).toBe(1);
  clock.nowMs -= 10_000;
  expect(take(1)).toBe(0);
  clock.nowMs += 500;
  expect(take(10)).toBe(5);
  clock.nowMs += 60_000;
  expect(take(100)).toBe(10);
});

test('a rate below one a second still lets one through', () => {
  const clock = createManualClock();
  const sampler = createPolicySampler(createRateLimitedPolicy(0.1, clock));
  expect(askRoot(sampler, LOW).decision).toBe(RECORD_AND_SAMPLED);
  clock.nowMs += 9_999;
  expect(askRoot(sampler, LOW).decision).toBe(NOT_RECORD);
  clock.nowMs += 1;
  expect(askRoot(sampler, LOW).decision).toBe(RECORD_AND_SAMPLED);
});

test('a rate limit writes no weight and erases one that came', () => {
  const sampler = createPolicySampler(createRateLimitedPolicy(10, createManualClock()));
  const kept = askChild(sampler, { traceFlags: 1, traceState: 'ot=th:c,a=1' });
  expect(kept.traceState?.serialize()).toBe('a=1');
  expect(kept.attributes).toBeUndefined();
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => createRateLimitedPolicy(bad, createManualClock())).toThrow(RangeError);
  }
});
