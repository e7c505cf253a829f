/** What a span costs on this machine, measured with the very parts that record and encode here, beside the program's work. */

import { ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import type { ReadableSpan, Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { scheduleOnTimer } from './batch-processor.ts';
import { createProvider } from './create-provider.ts';
import { encodeTracesProtobuf } from './export/encode-protobuf.ts';
import { isClockFrozen } from './frozen-clock.ts';
import { EncodedQueue } from './lean/encoded-queue.ts';
import { OtlpMemory } from './lean/otlp-module.ts';
import { createRecentTraces } from './recent-traces.ts';
import { type Calibration, createCalibration, type SpanWork } from './sampling/calibrate.ts';
import type { Governor } from './sampling/governor.ts';
import { ALWAYS_OFF, ALWAYS_ON } from './sampling/plain-samplers.ts';
import type { SignalOptions } from './signal-options.ts';

/** The first measurement begins this long after the start, and another after each rest: compilers learn meanwhile. */
const START_MS = 500;
const REST_MS = 60_000;

/** A measurement is made in slices of so many spans of each kind, none of which takes a millisecond once it is warm. */
const SLICE_SPANS_COUNT = 32;
const SLICES_COUNT = 40;
const SLICE_PERIOD_MS = 25;

/** Four attributes, one of them a text that redaction has to read. */
const ATTRIBUTES = {
  'http.request.method': 'GET',
  'url.path': '/api/opportunities',
  'http.response.status_code': 200,
  'cache.hit': true,
};

/** Measures in slices, from time to time. @returns what ends it. */
export function scheduleCalibration(options: SignalOptions, governor: Governor | null): () => void {
  if (governor === null || isClockFrozen(options.clock)) return () => {};
  let cancel = scheduleOnTimer(START_MS, begin);
  function begin(): void {
    const calibration = createSpanCalibration(options);
    let slicesLeft = SLICES_COUNT;
    const slice = () => {
      calibration.measure();
      slicesLeft -= 1;
      if (slicesLeft > 0) cancel = scheduleOnTimer(SLICE_PERIOD_MS, slice);
      else {
        governor?.setCosts(calibration.costs());
        cancel = scheduleOnTimer(REST_MS, begin);
      }
    };
    slice();
  }
  return () => cancel();
}

/** Nothing that is made for it is kept or counted. */
export function createSpanCalibration(options: SignalOptions): Calibration {
  const { clock } = options;
  return createCalibration(createWork(options), { clock, batchCount: SLICE_SPANS_COUNT });
}

function createWork(options: SignalOptions): SpanWork {
  const { config } = options;
  const recentTraces = createRecentTraces({ maxTracesCount: config.recentTracesCount });
  let last: ReadableSpan | null = null;
  const keepLast = toProcessor((span) => {
    last = span;
  });
  const recording = createTracer(options, ALWAYS_ON, [recentTraces, keepLast]);
  const refusing = createTracer(options, ALWAYS_OFF, []);
  const encode = createEncoder(options);
  return {
    unsampled: () => emit(refusing),
    recorded: () => emit(recording),
    exported: () => {
      if (last !== null) encode(last);
    },
  };
}

function createTracer(
  options: SignalOptions,
  sampler: Sampler,
  processors: readonly SpanProcessor[],
): Tracer {
  const { config, redactor, resource } = options;
  return createProvider(options, {
    resource,
    sampler,
    limits: config.spanLimits,
    processors,
    redactor: config.redact ? redactor : null,
  }).getTracer('calibration');
}

/** As spans are encoded here: when they end, by the module, or in batches. */
function createEncoder(options: SignalOptions): (span: ReadableSpan) => void {
  const { createSdkTracing, otlpModule } = options;
  if (otlpModule === null || createSdkTracing !== null) {
    return (span) => void encodeTracesProtobuf([span]);
  }
  const queue = new EncodedQueue({
    memory: new OtlpMemory(otlpModule),
    maxItems: SLICE_SPANS_COUNT,
    maxBytes: Number.POSITIVE_INFINITY,
    maxBatchItems: SLICE_SPANS_COUNT,
  });
  return (span) => {
    queue.add(span);
    if (queue.itemCount === SLICE_SPANS_COUNT) queue.take();
  };
}

function emit(tracer: Tracer): void {
  tracer.startSpan('calibration', { attributes: ATTRIBUTES }, ROOT_CONTEXT).end();
}

function toProcessor(onEnd: (span: ReadableSpan) => void): SpanProcessor {
  return {
    onStart: () => {},
    onEnd,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
