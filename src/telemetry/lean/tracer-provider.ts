/** Our tracer provider: the official interfaces, with far less work for each span. */

import { diag, type Tracer, type TracerOptions, type TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type {
  IdGenerator,
  SpanLimits as OfficialSpanLimits,
  Sampler,
  SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { createResource } from '../plain-resource.ts';
import { createGeneratedIds, createRandomIds, type IdSource } from './id-source.ts';
import { LeanTracer } from './lean-tracer.ts';
import { type FillRandom, fillFromCrypto } from './random-words.ts';
import { type RootRule, toRootRule } from './sampling-rule.ts';
import { resolveSpanLimits, type SpanLimits } from './span-limits.ts';
import type { SpanRedactor } from './span-redactor.ts';
import type { SpanStopwatch } from './span-stopwatch.ts';
import { TraceClock } from './trace-clock.ts';
import { ProviderState, TracerShared } from './tracer-shared.ts';

export interface LeanTracerProviderOptions {
  readonly resource?: Resource;
  /** As the parent was sampled, and roots always, when absent. */
  readonly sampler?: Sampler;
  readonly spanLimits?: OfficialSpanLimits;
  /** Called in this order. They get the span itself; it makes its `ReadableSpan` views when they are read. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Ids from pooled random words when absent. */
  readonly idGenerator?: IdGenerator;
  readonly clock?: Clock;
  readonly fillRandom?: FillRandom;
  /** Takes secrets out of every span before a processor's `onEnd` sees it. */
  readonly redactor?: SpanRedactor;
  /** Told of every recorded span's start and end. */
  readonly stopwatch?: SpanStopwatch;
}

export interface LeanTracerProvider extends TracerProvider {
  /** Never rejects; a processor that fails is said to `diag`. */
  forceFlush(): Promise<void>;
  /** Later spans are not recorded. Never rejects. */
  shutdown(): Promise<void>;
  /** Recorded spans: started, and of these ended. */
  counts(): { readonly startedCount: number; readonly endedCount: number };
}

/** Tracers that are kept by name; more are made anew at each call. */
const MAX_TRACERS = 1_000;

/** Registered nowhere. */
export function createTracerProvider(options: LeanTracerProviderOptions = {}): LeanTracerProvider {
  return new Provider(options);
}

class Provider implements LeanTracerProvider {
  readonly #tracers = new Map<string, Tracer>();
  readonly #resource: Resource;
  readonly #rule: RootRule;
  readonly #limits: SpanLimits;
  readonly #ids: IdSource;
  readonly #clock: TraceClock;
  readonly #state: ProviderState;
  readonly #redactor: SpanRedactor | null;

  constructor(options: LeanTracerProviderOptions) {
    this.#resource = options.resource ?? createResource();
    this.#rule = toRootRule(options.sampler);
    this.#limits = resolveSpanLimits(options.spanLimits);
    this.#clock = new TraceClock(options.clock ?? systemClock);
    this.#state = new ProviderState(options.spanProcessors ?? [], options.stopwatch);
    this.#redactor = options.redactor ?? null;
    this.#ids =
      options.idGenerator === undefined
        ? createRandomIds(options.fillRandom ?? fillFromCrypto)
        : createGeneratedIds(options.idGenerator);
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const key = JSON.stringify([name, version ?? '', options?.schemaUrl ?? '']);
    const known = this.#tracers.get(key);
    if (known !== undefined) return known;
    const tracer = this.#createTracer(name, version, options?.schemaUrl);
    if (this.#tracers.size < MAX_TRACERS) this.#tracers.set(key, tracer);
    return tracer;
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#state.processors.map((one) => quietly(() => one.forceFlush())));
  }

  async shutdown(): Promise<void> {
    if (this.#state.isShutDown) return;
    this.#state.isShutDown = true;
    await Promise.all(this.#state.processors.map((one) => quietly(() => one.shutdown())));
  }

  counts(): { readonly startedCount: number; readonly endedCount: number } {
    const { startedCount, endedCount } = this.#state;
    return { startedCount, endedCount };
  }

  #createTracer(name: string, version: string | undefined, schemaUrl: string | undefined): Tracer {
    const scope = {
      name,
      ...(version === undefined ? {} : { version }),
      ...(schemaUrl === undefined ? {} : { schemaUrl }),
    };
    const shared = new TracerShared(
      this.#resource,
      scope,
      this.#limits,
      this.#clock,
      this.#state,
      this.#redactor,
    );
    return new LeanTracer(shared, this.#rule, this.#ids);
  }
}

async function quietly(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    diag.error('a span processor failed to flush or to shut down', error);
  }
}
