/** Starts spans: finds the parent, asks the sampler, and makes no more than the answer needs. */

import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace as traceApi,
} from '@opentelemetry/api';
import { getActiveSpan, withActiveSpan } from '../active-context.ts';
import { activeContext, runInContextWith } from '../context-manager.ts';
import { isTracingSuppressed } from '../suppression.ts';
import type { IdSource } from './id-source.ts';
import { LeanSpan } from './lean-span.ts';
import { CarrierSpan, NO_SPAN, UnrecordedSpan } from './non-recording-span.ts';
import { randomHigh, randomLow } from './random-words.ts';
import {
  askSampler,
  type Decision,
  type RootRule,
  type SamplingQuestion,
} from './sampling-rule.ts';
import { fromSpanContext, type SpanIdentity } from './span-identity.ts';
import type { TracerShared } from './tracer-shared.ts';

/** Options that can put their attributes on a recorded span by themselves, without the object that a sampler would see. */
export interface LazySpanOptions extends SpanOptions {
  writeAttributes?(span: Span): void;
}

const NO_OPTIONS: LazySpanOptions = {};
/** W3C trace context: `sampled` is the lowest bit. */
const SAMPLED_FLAG = 0x01;

/**
 * What leads to a span that is not sampled is short, and `private` where `#` would do: an engine builds short functions
 * into their callers, and a `#name` takes a tenth of what JavaScriptCore allows (`telemetry-span/sampled-out-*`).
 */
export class LeanTracer implements Tracer {
  private readonly shared: TracerShared;
  private readonly rule: RootRule;
  private readonly ids: IdSource;
  /** A child of a span that is not recorded is not recorded either, whatever it is. */
  private readonly isLikeParent: boolean;

  constructor(shared: TracerShared, rule: RootRule, ids: IdSource) {
    this.shared = shared;
    this.rule = rule;
    this.ids = ids;
    this.isLikeParent = rule === 'parent' || rule === 'never';
  }

  startSpan(name: string, options?: LazySpanOptions, given?: Context): Span {
    const context = given ?? activeContext();
    return context === ROOT_CONTEXT
      ? this.startRoot(name, options)
      : this.startIn(context, name, options);
  }

  /** The callback comes last, after options or after options and context. */
  startActiveSpan<Callback extends (span: Span) => unknown>(
    name: string,
    first: SpanOptions | Callback,
    second?: Context | Callback,
    third?: Callback,
  ): ReturnType<Callback> {
    const callback = (third ?? second ?? first) as (span: Span) => ReturnType<Callback>;
    const options = callback === first ? NO_OPTIONS : (first as SpanOptions);
    const given = third === undefined ? undefined : (second as Context | undefined);
    const parent = given ?? activeContext();
    const span = this.startSpan(name, options, parent);
    return runInContextWith(withActiveSpan(parent, span), callback, span);
  }

  /** A root that is refused whatever it is, before anything is made of it; null when it has to be started. */
  dropRoot(): Span | null {
    return this.rule === 'never' ? new UnrecordedSpan(this.ids, 0) : this.#askForRoot();
  }

  #askForRoot(): Span | null {
    const rule = this.rule;
    if (typeof rule === 'string' || rule.dropsRoot === undefined) return null;
    const { words, start, roots } = this.ids.prepareTrace();
    if (!rule.dropsRoot(randomHigh(words, start), randomLow(words, start))) return null;
    this.ids.takeTrace();
    return new UnrecordedSpan(roots, start);
  }

  private startRoot(name: string, options?: LazySpanOptions): Span {
    return this.rule === 'never' ? new UnrecordedSpan(this.ids, 0) : this.askRoot(name, options);
  }

  private askRoot(name: string, options: LazySpanOptions = NO_OPTIONS): Span {
    return this.dropRoot() ?? this.#start(name, options, ROOT_CONTEXT, undefined);
  }

  private startIn(context: Context, name: string, options?: LazySpanOptions): Span {
    if (options?.root === true) return this.startRootIn(context, name, options);
    const parent = getActiveSpan(context);
    if (this.isLikeParent && parent instanceof UnrecordedSpan) return parent;
    return this.startBelow(parent, context, name, options);
  }

  /** A root because it is asked for. */
  private startRootIn(context: Context, name: string, options: LazySpanOptions): Span {
    if (isTracingSuppressed(context)) return NO_SPAN;
    return this.#start(name, options, traceApi.deleteSpan(context), undefined);
  }

  private startBelow(
    parent: Span | undefined,
    context: Context,
    name: string,
    options: LazySpanOptions = NO_OPTIONS,
  ): Span {
    if (isTracingSuppressed(context)) return NO_SPAN;
    return this.#start(name, options, context, parent);
  }

  #start(name: string, options: LazySpanOptions, context: Context, parent: Span | undefined): Span {
    const { state } = this.shared;
    state.stopwatch?.starting();
    const parentIdentity = parent === undefined ? null : toIdentity(parent);
    const rule = state.isShutDown ? 'never' : this.rule;
    if (rule === 'parent') {
      const isSampled = parentIdentity === null || (parentIdentity.traceFlags & SAMPLED_FLAG) !== 0;
      return isSampled
        ? this.#record(name, options, context, parentIdentity, null)
        : this.#carryOn(parent, parentIdentity, null);
    }
    if (rule === 'always') return this.#record(name, options, context, parentIdentity, null);
    if (rule === 'never') return this.#carryOn(parent, parentIdentity, null);
    const question = { context, name, options, parent: parentIdentity, ids: this.ids };
    return this.#ask(rule, question, parent);
  }

  #ask(
    rule: Exclude<RootRule, string>,
    question: SamplingQuestion,
    parent: Span | undefined,
  ): Span {
    const decision = askSampler(rule, question);
    return decision.isRecorded
      ? this.#record(question.name, question.options, question.context, question.parent, decision)
      : this.#carryOn(parent, question.parent, decision);
  }

  #record(
    name: string,
    options: LazySpanOptions,
    context: Context,
    parent: SpanIdentity | null,
    decision: Decision | null,
  ): LeanSpan {
    const isSampled = decision === null || decision.isSampled;
    const state = decision === null ? parent?.traceState : decision.traceState;
    const identity = this.ids.createSpan(parent, isSampled, state);
    const kind = options.kind ?? SpanKind.INTERNAL;
    const span = new LeanSpan(this.shared, identity, parent, name, kind, options.startTime);
    if (options.links !== undefined) span.addLinks(options.links);
    if (options.writeAttributes !== undefined) options.writeAttributes(span);
    else if (options.attributes !== undefined) span.setAttributes(options.attributes);
    if (decision?.attributes !== undefined) span.setAttributes(decision.attributes);
    this.shared.state.startSpan(span, context);
    return span;
  }

  /** A span that is not recorded: the parent itself where it says the same to children and to other services. */
  #carryOn(
    parent: Span | undefined,
    identity: SpanIdentity | null,
    decision: Decision | null,
  ): Span {
    const state = decision === null ? identity?.traceState : decision.traceState;
    if (identity === null && state === undefined && decision === null) {
      return new UnrecordedSpan(this.ids, 0);
    }
    const isSame =
      identity !== null &&
      (identity.traceFlags & SAMPLED_FLAG) === 0 &&
      identity.traceState === state;
    if (isSame && parent !== undefined && !(parent instanceof LeanSpan) && !parent.isRecording()) {
      return parent;
    }
    return new CarrierSpan(this.ids.createSpan(identity, false, state));
  }
}

/** Null for a parent that belongs to no trace. */
function toIdentity(parent: Span): SpanIdentity | null {
  if (
    parent instanceof LeanSpan ||
    parent instanceof UnrecordedSpan ||
    parent instanceof CarrierSpan
  ) {
    return parent.identity;
  }
  const context = parent.spanContext();
  return isSpanContextValid(context) ? fromSpanContext(context) : null;
}
