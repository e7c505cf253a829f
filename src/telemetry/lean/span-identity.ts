/** Who a span is: ids, flags and trace state. Children keep their parent's identity, never the parent itself. */

import type { SpanContext, TraceState } from '@opentelemetry/api';
import { hexToWords, wordsToHex } from './hex-words.ts';

export const TRACE_ID_WORDS = 4;
export const SPAN_ID_WORDS = 2;

export class SpanIdentity {
  /** Four words of `traceWords` from `traceStart` on; all local spans of a trace point at the same ones. */
  readonly traceWords: Uint32Array;
  readonly traceStart: number;
  /** Two words. */
  readonly words: Uint32Array;
  readonly start: number;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  #context: SpanContext | null;

  constructor(
    traceWords: Uint32Array,
    traceStart: number,
    words: Uint32Array,
    start: number,
    traceFlags: number,
    traceState: TraceState | undefined,
    context: SpanContext | null = null,
  ) {
    this.traceWords = traceWords;
    this.traceStart = traceStart;
    this.words = words;
    this.start = start;
    this.traceFlags = traceFlags;
    this.traceState = traceState;
    this.#context = context;
  }

  get isRemote(): boolean {
    return this.#context?.isRemote === true;
  }

  get traceId(): string {
    return this.#context?.traceId ?? wordsToHex(this.traceWords, this.traceStart, TRACE_ID_WORDS);
  }

  toSpanContext(): SpanContext {
    this.#context ??= this.#makeContext();
    return this.#context;
  }

  #makeContext(): SpanContext {
    const context = {
      traceId: this.traceId,
      spanId: wordsToHex(this.words, this.start, SPAN_ID_WORDS),
      traceFlags: this.traceFlags,
    };
    return this.traceState === undefined ? context : { ...context, traceState: this.traceState };
  }
}

/** The identity of a span that was not made here: from another process, or of another tracer. */
export function fromSpanContext(context: SpanContext): SpanIdentity {
  const traceWords = hexToWords(context.traceId);
  const words = hexToWords(context.spanId);
  return new SpanIdentity(traceWords, 0, words, 0, context.traceFlags, context.traceState, context);
}
