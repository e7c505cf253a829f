/** Makes the identities of traces and spans, from random words or from an official `IdGenerator`. */

import type { TraceState } from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';
import { hexToWords, wordsToHex } from './hex-words.ts';
import { type FillRandom, RandomWords } from './random-words.ts';
import { SPAN_ID_WORDS, SpanIdentity, TRACE_ID_WORDS } from './span-identity.ts';

const SAMPLED_FLAG = 0x01;
/** W3C trace context level 2, section 3.2.2.5.2: the right half of the trace id is random. */
const RANDOM_FLAG = 0x02;

export interface IdSource {
  /** A new trace id, in text form, for a sampler that wants to see it; the next root takes it. */
  nextTraceId(): string;
  /** A span in its parent's trace, or the root of a new one. */
  createSpan(
    parent: SpanIdentity | null,
    isSampled: boolean,
    traceState: TraceState | undefined,
  ): SpanIdentity;
}

/** A root has the random flag, since its id is random; a child has what its parent has. */
export function createRandomIds(fill: FillRandom): IdSource {
  const random = new RandomWords(fill);
  let nextWords: Uint32Array | null = null;
  let nextStart = 0;

  const prepare = (): Uint32Array => {
    nextStart = random.take(TRACE_ID_WORDS);
    nextWords = random.block;
    return nextWords;
  };
  const createRoot = (isSampled: boolean, traceState: TraceState | undefined): SpanIdentity => {
    const traceWords = nextWords ?? prepare();
    const traceStart = nextStart;
    nextWords = null;
    const flags = isSampled ? RANDOM_FLAG | SAMPLED_FLAG : RANDOM_FLAG;
    const start = random.take(SPAN_ID_WORDS);
    return new SpanIdentity(traceWords, traceStart, random.block, start, flags, traceState);
  };
  return {
    nextTraceId: () => wordsToHex(nextWords ?? prepare(), nextStart, TRACE_ID_WORDS),
    createSpan(parent, isSampled, traceState) {
      if (parent === null) return createRoot(isSampled, traceState);
      const { traceWords, traceStart } = parent;
      const start = random.take(SPAN_ID_WORDS);
      const flags = toFlags(parent, isSampled);
      return new SpanIdentity(traceWords, traceStart, random.block, start, flags, traceState);
    },
  };
}

/** Ids of an official generator, of which nobody knows whether they are random. */
export function createGeneratedIds(generator: IdGenerator): IdSource {
  let next: string | null = null;
  return {
    nextTraceId() {
      next ??= generator.generateTraceId();
      return next;
    },
    createSpan(parent, isSampled, traceState) {
      const words = hexToWords(generator.generateSpanId());
      if (parent !== null) {
        const flags = toFlags(parent, isSampled);
        return new SpanIdentity(parent.traceWords, parent.traceStart, words, 0, flags, traceState);
      }
      const traceWords = hexToWords(this.nextTraceId());
      next = null;
      return new SpanIdentity(traceWords, 0, words, 0, isSampled ? SAMPLED_FLAG : 0, traceState);
    },
  };
}

function toFlags(parent: SpanIdentity, isSampled: boolean): number {
  const randomFlag = parent.traceFlags & RANDOM_FLAG;
  return isSampled ? randomFlag | SAMPLED_FLAG : randomFlag;
}
