import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { hexToWords } from '../../../src/telemetry/lean/hex-words.ts';
import { randomHigh, randomLow } from '../../../src/telemetry/lean/random-words.ts';
import { createSampler } from '../../../src/telemetry/sampling/sampler.ts';
import { createIds, createManualClock, createRandom, parseSamplingConfig } from './support.ts';

function setUp(env: Record<string, string>, seed = 1) {
  const clock = createManualClock();
  const costs = { unsampled: 100, recorded: 1000, exported: 1000 };
  const sampling = createSampler(parseSamplingConfig(env), { clock, costs });
  const exporter = new InMemorySpanExporter();
  const processor = sampling.wrapProcessor(new SimpleSpanProcessor(exporter));
  const newId = createIds(createRandom(seed));
  const tracer = new BasicTracerProvider({
    sampler: sampling.sampler,
    spanProcessors: [processor],
    idGenerator: { generateTraceId: newId, generateSpanId: () => newId().slice(16) },
  }).getTracer('test');
  const runTrace = (hasError = false) => {
    const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    if (hasError) root.setStatus({ code: SpanStatusCode.ERROR });
    root.end();
  };
  return { clock, sampling, exporter, runTrace, tracer };
}

test.each([
  ['always_on', 40, 'always_on'],
  ['always_off', 0, 'always_off'],
  ['parentbased_always_on', 40, 'parentbased_always_on'],
  ['parentbased_consistent_probability', 40, 'parentbased_consistent_probability{1}'],
  ['ratelimited', 40, 'ratelimited{100}'],
  ['adaptive', 40, 'adaptive{100}'],
  ['adaptive_tail', 40, 'parentbased_adaptive{100}'],
])('%s keeps %p of 40 spans at low traffic', (name, count, description) => {
  const { sampling, exporter, runTrace } = setUp({ OTEL_TRACES_SAMPLER: name });
  for (let index = 0; index < 20; index += 1) runTrace();
  expect(exporter.getFinishedSpans()).toHaveLength(count);
  const { sampler, decisions } = sampling.stats();
  expect(sampler).toBe(description);
  expect(decisions.droppedCount + decisions.recordedCount + decisions.sampledCount).toBe(40);
  expect(decisions.sampledCount).toBe(count);
});

test('tail keeps all errors and a tenth of the rest, and says so', () => {
  const env = { OTEL_TRACES_SAMPLER: 'tail', TELEMETRY_TAIL_SLOWEST_COUNT: '0' };
  const { sampling, exporter, runTrace } = setUp(env);
  for (let index = 0; index < 1000; index += 1) runTrace(index % 50 === 0);
  const roots = exporter.getFinishedSpans().filter((span) => span.name === 'root');
  const errors = roots.filter((span) => span.status.code === SpanStatusCode.ERROR);
  expect(errors).toHaveLength(20);
  expect(roots.length).toBeGreaterThan(20 + 60);
  expect(roots.length).toBeLessThan(20 + 140);
  const { tail, governor, adaptive } = sampling.stats();
  expect(tail?.keptCounts).toMatchObject({ error: 20, head: roots.length - 20 });
  expect(governor?.counts.recorded).toBe(2000);
  expect(governor?.counts.exported).toBe(2 * roots.length);
  expect(adaptive).toBeNull();
});

test('without a tail sampler the processor stays as it is', () => {
  const sampling = createSampler(parseSamplingConfig({}), { clock: createManualClock() });
  const next = new SimpleSpanProcessor(new InMemorySpanExporter());
  expect(sampling.wrapProcessor(next)).toBe(next);
  expect(sampling.stats()).toMatchObject({ tail: null, adaptive: null });
});

test.each(['0', '1'])('a budget of %s has no governor', (budget) => {
  const config = parseSamplingConfig({ TELEMETRY_BUDGET_RATIO: budget });
  const sampling = createSampler(config, { clock: createManualClock() });
  expect(sampling.governor).toBeNull();
  expect(sampling.stats().governor).toBeNull();
});

test('adaptive sampling counts the spans below the roots it kept', () => {
  const env = { OTEL_TRACES_SAMPLER: 'parentbased_adaptive', TELEMETRY_BUDGET_RATIO: '1' };
  const { sampling, runTrace, clock } = setUp(env);
  for (let index = 0; index < 3000; index += 1) {
    clock.nowMs += 5;
    runTrace();
  }
  const workflow = sampling.stats().adaptive?.['workflow|ok'];
  expect(workflow?.seenCount).toBe(3000);
  expect(workflow?.spansPerTrace).toBeGreaterThan(1.7);
  expect(workflow?.probability).toBeCloseTo(0.1, 1);
});

test('under load the governor lowers what is kept, with weights that still add up', () => {
  const { sampling, exporter, runTrace, clock } = setUp({}, 3);
  const tracesPerSecond = 10_000;
  for (let second = 0; second < 4; second += 1) {
    if (second === 2) exporter.reset();
    for (let index = 0; index < tracesPerSecond; index += 1) {
      clock.nowMs += 1000 / tracesPerSecond;
      runTrace();
    }
  }
  const { governor } = sampling.stats();
  expect(governor?.shareRatio).toBeLessThan(0.3);
  expect(governor?.usedRatio).toBeLessThanOrEqual(0.0105);
  const roots = exporter.getFinishedSpans().filter((span) => span.name === 'root');
  const weights = roots.map((span) => Number(span.attributes['sampling.adjusted_count'] ?? 1));
  const estimate = weights.reduce((sum, weight) => sum + weight, 0);
  const variance = weights.reduce((sum, weight) => sum + weight * (weight - 1), 0);
  expect(Math.abs(estimate - 2 * tracesPerSecond)).toBeLessThan(3 * Math.sqrt(variance));
});

test('while the governor is off nothing is recorded, not even below a sampled parent', () => {
  let lagMs = 0;
  const clock = createManualClock();
  const { sampler, governor } = createSampler(parseSamplingConfig({}), {
    clock,
    eventLoopLagMs: () => lagMs,
  });
  const tracer = new BasicTracerProvider({ sampler }).getTracer('test');
  const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
  const inRoot = trace.setSpan(ROOT_CONTEXT, root);
  expect(tracer.startSpan('child', {}, inRoot).isRecording()).toBe(true);
  lagMs = 5000;
  for (let interval = 0; interval < 2; interval += 1) {
    clock.nowMs += 1000;
    governor?.update();
  }
  expect(governor?.isOff).toBe(true);
  expect(tracer.startSpan('root', {}, ROOT_CONTEXT).isRecording()).toBe(false);
  expect(tracer.startSpan('child', {}, inRoot).isRecording()).toBe(false);
});

test('a sampled trace from elsewhere is governed too, and its weight says so', () => {
  const { sampling, tracer, runTrace, clock } = setUp({});
  for (let index = 0; index < 20_000; index += 1) {
    clock.nowMs += 0.1;
    runTrace();
  }
  expect(sampling.stats().governor?.shareRatio).toBeLessThan(0.5);
  const remote = (traceId: string) =>
    tracer.startSpan(
      'GET /',
      {},
      trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: '2'.repeat(16),
        traceFlags: 1,
        isRemote: true,
      }),
    );
  expect(remote('f'.repeat(32)).isRecording()).toBe(true);
  expect(remote(`f${'0'.repeat(31)}`).isRecording()).toBe(false);
});

test.each([
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.3' }, true],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' }, true],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, true],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, true],
  [{ OTEL_TRACES_SAMPLER: 'ratelimited' }, false],
  [{ OTEL_TRACES_SAMPLER: 'adaptive' }, false],
  [{ OTEL_TRACES_SAMPLER: 'tail' }, false],
])(
  '%j refuses by random words the roots that it refuses by their ids, and counts them',
  (env, isKnown) => {
    const { sampler, stats } = setUp(env).sampling;
    expect(sampler.dropsRoot !== undefined).toBe(isKnown);
    const newId = createIds(createRandom(9));
    let droppedCount = 0;
    for (let index = 0; isKnown && index < 2_000; index += 1) {
      const id = newId();
      const words = hexToWords(id);
      const isDropped = sampler.dropsRoot?.(randomHigh(words, 0), randomLow(words, 0));
      const { decision } = sampler.shouldSample(ROOT_CONTEXT, id, 'root', SpanKind.SERVER, {}, []);
      expect(isDropped).toBe(decision === SamplingDecision.NOT_RECORD);
      if (isDropped) droppedCount += 2;
    }
    expect(stats().decisions.droppedCount).toBe(droppedCount);
  },
);
