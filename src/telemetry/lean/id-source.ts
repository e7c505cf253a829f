/** Makes the identities of traces and spans, from random words or from an official `IdGenerator`. */

import type { TraceState } from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';
import { hexToWords } from './hex-words.ts';
import { type FillRandom, RandomWords } from './random-words.ts';
import { SPAN_ID_WORDS, SpanIdentity, TRACE_ID_WORDS, TraceIdentity } from './span-identity.ts';

const SAMPLED_FLAG = 0x01;
/** W3C trace context level 2, section 3.2.2.5.2: the right half of the trace id is random. */
const RANDOM_FLAG = 0x02;

export interface IdSource {
  createTrace(): TraceIdentity;
  /** The random flag is the parent's; a root has it when our own random source made its trace id. */
  createSpan(
    trace: TraceIdentity,
    parent: SpanIdentity | null,
    isSampled: boolean,
    traceState: TraceState | undefined,
  ): SpanIdentity;
}

export function createRandomIds(fill: FillRandom): IdSource {
  const random = new RandomWords(fill);
  return {
    createTrace() {
      const start = random.take(TRACE_ID_WORDS);
      return new TraceIdentity(random.block, start, null);
    },
    createSpan(trace, parent, isSampled, traceState) {
      const isRandom = parent === null ? RANDOM_FLAG : parent.traceFlags & RANDOM_FLAG;
      const flags = isSampled ? isRandom | SAMPLED_FLAG : isRandom;
      const start = random.take(SPAN_ID_WORDS);
      return new SpanIdentity(trace, random.block, start, flags, traceState);
    },
  };
}

export function createGeneratedIds(generator: IdGenerator): IdSource {
  return {
    createTrace() {
      const hex = generator.generateTraceId();
      return new TraceIdentity(hexToWords(hex), 0, hex);
    },
    createSpan(trace, parent, isSampled, traceState) {
      const isRandom = parent === null ? 0 : parent.traceFlags & RANDOM_FLAG;
      const flags = isSampled ? isRandom | SAMPLED_FLAG : isRandom;
      return new SpanIdentity(trace, hexToWords(generator.generateSpanId()), 0, flags, traceState);
    },
  };
}
