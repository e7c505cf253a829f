/** Who a span is: ids, flags and trace state. Children keep their parent's identity, never the parent itself. */

import type { SpanContext, TraceState } from '@opentelemetry/api';
import { hexToWords, wordsToHex } from './hex-words.ts';

export const TRACE_ID_WORDS = 4;
export const SPAN_ID_WORDS = 2;

/** Shared by all local spans of a trace. */
export class TraceIdentity {
  readonly words: Uint32Array;
  readonly start: number;
  #hex: string | null;

  constructor(words: Uint32Array, start: number, hex: string | null) {
    this.words = words;
    this.start = start;
    this.#hex = hex;
  }

  get hex(): string {
    this.#hex ??= wordsToHex(this.words, this.start, TRACE_ID_WORDS);
    return this.#hex;
  }
}

export class SpanIdentity {
  readonly trace: TraceIdentity;
  readonly words: Uint32Array;
  readonly start: number;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  #context: SpanContext | null;

  constructor(
    trace: TraceIdentity,
    words: Uint32Array,
    start: number,
    traceFlags: number,
    traceState: TraceState | undefined,
    context: SpanContext | null = null,
  ) {
    this.trace = trace;
    this.words = words;
    this.start = start;
    this.traceFlags = traceFlags;
    this.traceState = traceState;
    this.#context = context;
  }

  get isRemote(): boolean {
    return this.#context?.isRemote === true;
  }

  toSpanContext(): SpanContext {
    this.#context ??= this.#makeContext();
    return this.#context;
  }

  #makeContext(): SpanContext {
    const context = {
      traceId: this.trace.hex,
      spanId: wordsToHex(this.words, this.start, SPAN_ID_WORDS),
      traceFlags: this.traceFlags,
    };
    return this.traceState === undefined ? context : { ...context, traceState: this.traceState };
  }
}

/** The identity of a span that was not made here: from another process, or of another tracer. */
export function fromSpanContext(context: SpanContext): SpanIdentity {
  const trace = new TraceIdentity(hexToWords(context.traceId), 0, context.traceId);
  const words = hexToWords(context.spanId);
  return new SpanIdentity(trace, words, 0, context.traceFlags, context.traceState, context);
}
