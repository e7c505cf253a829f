/** Makes the identities of traces and spans, from random words or from an official `IdGenerator`. */

import type { TraceState } from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';
import { hexToWords, wordsToHex } from './hex-words.ts';
import { type FillRandom, RandomWords } from './random-words.ts';
import { SPAN_ID_WORDS, SpanIdentity, TRACE_ID_WORDS } from './span-identity.ts';

const SAMPLED_FLAG = 0x01;
/** W3C trace context level 2, section 3.2.2.5.2: the right half of the trace id is random. */
const RANDOM_FLAG = 0x02;

/** Makes the identity of a root that is not sampled, once somebody asks for it. */
export interface UnsampledRoots {
  /** @param traceStart - as it was prepared. */
  createUnsampledRoot(traceStart: number): SpanIdentity;
}

/** As `UnsampledRoots` it makes roots of new traces, and needs no start. */
export interface IdSource extends UnsampledRoots {
  /** Makes the trace id that the next root takes, unless it is there already. */
  prepareTrace(): PreparedTrace;
  /** The prepared id goes to somebody who keeps its words. */
  takeTrace(): void;
  /** The text form of the prepared trace id, for a sampler that wants to see it. */
  nextTraceId(): string;
  /** A span in its parent's trace, or the root of a new one. */
  createSpan(
    parent: SpanIdentity | null,
    isSampled: boolean,
    traceState: TraceState | undefined,
  ): SpanIdentity;
}

/** One object for all: read it before the next call of the source. */
export interface PreparedTrace {
  readonly words: Uint32Array;
  readonly start: number;
  /** Makes roots whose trace ids are among `words`. */
  readonly roots: UnsampledRoots;
}

/** A root has the random flag, since its id is random; a child has what its parent has. */
export function createRandomIds(fill: FillRandom): IdSource {
  return new RandomIds(fill);
}

class RandomIds implements IdSource {
  readonly #random: RandomWords;
  readonly #next: { -readonly [Key in keyof PreparedTrace]: PreparedTrace[Key] } = {
    words: new Uint32Array(0),
    start: 0,
    roots: this,
  };
  #isPrepared = false;

  constructor(fill: FillRandom) {
    this.#random = new RandomWords(fill);
  }

  prepareTrace(): PreparedTrace {
    if (this.#isPrepared) return this.#next;
    this.#next.start = this.#random.take(TRACE_ID_WORDS);
    if (this.#next.words !== this.#random.block) this.#useBlock(this.#random.block);
    this.#isPrepared = true;
    return this.#next;
  }

  takeTrace(): void {
    this.#isPrepared = false;
  }

  nextTraceId(): string {
    const { words, start } = this.prepareTrace();
    return wordsToHex(words, start, TRACE_ID_WORDS);
  }

  createSpan(
    parent: SpanIdentity | null,
    isSampled: boolean,
    traceState: TraceState | undefined,
  ): SpanIdentity {
    if (parent === null) {
      const { words, start } = this.prepareTrace();
      this.takeTrace();
      const flags = isSampled ? RANDOM_FLAG | SAMPLED_FLAG : RANDOM_FLAG;
      return this.#create(words, start, flags, traceState);
    }
    const flags = toFlags(parent, isSampled);
    return this.#create(parent.traceWords, parent.traceStart, flags, traceState);
  }

  createUnsampledRoot(): SpanIdentity {
    return this.createSpan(null, false, undefined);
  }

  #useBlock(words: Uint32Array): void {
    this.#next.words = words;
    this.#next.roots = {
      createUnsampledRoot: (start) => this.#create(words, start, RANDOM_FLAG, undefined),
    };
  }

  #create(
    traceWords: Uint32Array,
    traceStart: number,
    flags: number,
    traceState: TraceState | undefined,
  ): SpanIdentity {
    const start = this.#random.take(SPAN_ID_WORDS);
    return new SpanIdentity(traceWords, traceStart, this.#random.block, start, flags, traceState);
  }
}

/** Ids of an official generator, of which nobody knows whether they are random. */
export function createGeneratedIds(generator: IdGenerator): IdSource {
  return new GeneratedIds(generator);
}

class GeneratedIds implements IdSource {
  readonly #generator: IdGenerator;
  #next: PreparedTrace = { words: new Uint32Array(0), start: 0, roots: this };
  #nextId: string | null = null;

  constructor(generator: IdGenerator) {
    this.#generator = generator;
  }

  prepareTrace(): PreparedTrace {
    this.nextTraceId();
    return this.#next;
  }

  takeTrace(): void {
    this.#nextId = null;
  }

  nextTraceId(): string {
    if (this.#nextId === null) {
      this.#nextId = this.#generator.generateTraceId();
      const words = hexToWords(this.#nextId);
      const roots = { createUnsampledRoot: () => this.#create(words, 0, 0, undefined) };
      this.#next = { words, start: 0, roots };
    }
    return this.#nextId;
  }

  createSpan(
    parent: SpanIdentity | null,
    isSampled: boolean,
    traceState: TraceState | undefined,
  ): SpanIdentity {
    if (parent !== null) {
      const flags = toFlags(parent, isSampled);
      return this.#create(parent.traceWords, parent.traceStart, flags, traceState);
    }
    const { words } = this.prepareTrace();
    this.takeTrace();
    return this.#create(words, 0, isSampled ? SAMPLED_FLAG : 0, traceState);
  }

  createUnsampledRoot(): SpanIdentity {
    return this.createSpan(null, false, undefined);
  }

  #create(
    traceWords: Uint32Array,
    traceStart: number,
    flags: number,
    traceState: TraceState | undefined,
  ): SpanIdentity {
    const words = hexToWords(this.#generator.generateSpanId());
    return new SpanIdentity(traceWords, traceStart, words, 0, flags, traceState);
  }
}

function toFlags(parent: SpanIdentity, isSampled: boolean): number {
  const randomFlag = parent.traceFlags & RANDOM_FLAG;
  return isSampled ? randomFlag | SAMPLED_FLAG : randomFlag;
}
