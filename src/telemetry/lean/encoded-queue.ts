/**
 * Finished spans, one entry after another in the module's memory: bounded, without an object for each, and without their
 * keys, which the module has once and puts in when a batch is taken. Runs of spans of one group are segments; a batch is
 * made of whole segments.
 */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { writeSpan } from '../export/encode-protobuf.ts';
import type { ExportBatch } from '../export/export-batch.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import { LeanSpan } from './lean-span.ts';
import type { OtlpMemory } from './otlp-module.ts';
import { type SpanPiece, toPiece, toSpanBatch } from './span-batch.ts';
import { SpanEncoder } from './span-encoder.ts';
import { type SpanGroup, SpanGroups } from './span-group.ts';
import type { TracerShared } from './tracer-shared.ts';

interface Segment {
  readonly group: SpanGroup;
  start: number;
  end: number;
  count: number;
  /** On the wire: a span too large for an entry, or spans whose keys the module has forgotten. */
  readonly ownBytes: Uint8Array | null;
}

export interface EncodedQueueOptions {
  /** Of this queue alone. */
  readonly memory: OtlpMemory;
  readonly maxItems: number;
  /** May be exceeded by the last span, and by keys that had to be written out. */
  readonly maxBytes: number;
  readonly maxBatchItems: number;
}

/** Before the fields of an entry (`wasm/otlp/layout.ts`). */
const ENTRY_HEAD_BYTES = 8;
/** Steps in which the memory grows. */
const GROWTH_BYTES = 65_536;

export class EncodedQueue {
  readonly #options: EncodedQueueOptions;
  readonly #memory: OtlpMemory;
  readonly #encoder: SpanEncoder;
  readonly #groups = new SpanGroups();
  readonly #writer = new ProtobufWriter();
  readonly #spanBytes: number;
  readonly #entryBytes: number;
  #segments: Segment[] = [];
  /** The one that grows; null when the next span begins another. */
  #open: Segment | null = null;
  #lastShared: TracerShared | null = null;
  #lastGroup: SpanGroup | null = null;
  #head: number;
  #tail: number;
  #itemCount = 0;
  #ownBytes = 0;

  constructor(options: EncodedQueueOptions) {
    this.#options = options;
    this.#memory = options.memory;
    this.#encoder = new SpanEncoder(this.#memory);
    this.#spanBytes = this.#memory.layout.SPAN_BYTES;
    this.#entryBytes = this.#memory.layout.ENTRY_BYTES;
    this.#head = this.#memory.layout.QUEUE;
    this.#tail = this.#head;
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  /** Bytes of finished spans. */
  get bytes(): number {
    return this.#tail - this.#head + this.#ownBytes;
  }

  /** All of the module's memory. */
  get memoryBytes(): number {
    return this.#memory.bytes.length + this.#ownBytes;
  }

  /** Encodes an ended span. @returns false when there is no room; nothing is kept then. */
  add(span: ReadableSpan): boolean {
    if (this.#itemCount >= this.#options.maxItems || !this.#makeRoom()) return false;
    if (!(span instanceof LeanSpan)) {
      return this.#addSlowly(this.#groups.find(span.resource, span.instrumentationScope), span);
    }
    const group = this.#groupOf(span.shared);
    if (this.#encoder.isFull) this.#writeOutAll();
    const end = this.#encoder.encode(span, this.#tail);
    const isEntry = end > 0 && end - this.#tail <= this.#entryBytes;
    return isEntry ? this.#append(group, end) : this.#addSlowly(group, span);
  }

  /** The oldest spans, at most a batch of them; null when there are none. */
  take(): ExportBatch | null {
    const segments = this.#takeSegments();
    if (segments.length === 0) return null;
    const batch = toSpanBatch(segments.map((segment) => this.#toPiece(segment)));
    this.#release(segments, batch.itemCount);
    return batch;
  }

  /** For spans that are not ours, or too large for the record. */
  #addSlowly(group: SpanGroup, span: ReadableSpan): boolean {
    this.#writer.reset();
    writeSpan(this.#writer, span);
    const bytes = this.#writer.peek();
    const fields = bytes.subarray(toHeadBytes(bytes));
    if (fields.length + ENTRY_HEAD_BYTES > this.#entryBytes) {
      return this.#addLarge(group, bytes.slice());
    }
    this.#memory.bytes.set(fields, this.#tail + ENTRY_HEAD_BYTES);
    return this.#append(group, this.#memory.sealEntry(this.#tail, fields.length));
  }

  #addLarge(group: SpanGroup, ownBytes: Uint8Array): boolean {
    if (this.bytes + ownBytes.length > this.#options.maxBytes) return false;
    this.#segments.push({ group, start: this.#tail, end: this.#tail, count: 1, ownBytes });
    this.#open = null;
    this.#ownBytes += ownBytes.length;
    this.#itemCount += 1;
    return true;
  }

  #groupOf(shared: TracerShared): SpanGroup {
    if (this.#lastShared === shared && this.#lastGroup !== null) return this.#lastGroup;
    this.#lastShared = shared;
    this.#lastGroup = this.#groups.find(shared.resource, shared.scope);
    return this.#lastGroup;
  }

  #append(group: SpanGroup, end: number): boolean {
    const open = this.#open;
    if (open !== null && open.group === group && open.count < this.#options.maxBatchItems) {
      open.end = end;
      open.count += 1;
    } else {
      this.#open = { group, start: this.#tail, end, count: 1, ownBytes: null };
      this.#segments.push(this.#open);
    }
    this.#tail = end;
    this.#itemCount += 1;
    return true;
  }

  /** Room for a span of the greatest size after the tail. */
  #makeRoom(): boolean {
    if (this.bytes >= this.#options.maxBytes) return false;
    if (this.#tail + this.#spanBytes <= this.#memory.bytes.length) return true;
    const { QUEUE } = this.#memory.layout;
    if (this.#head - QUEUE > this.#tail - this.#head) this.#moveToFront();
    const neededBytes = this.#tail + this.#spanBytes;
    return (
      neededBytes <= this.#memory.bytes.length || this.#memory.growTo(neededBytes + GROWTH_BYTES)
    );
  }

  #moveToFront(): void {
    const distance = this.#head - this.#memory.layout.QUEUE;
    this.#memory.bytes.copyWithin(this.#memory.layout.QUEUE, this.#head, this.#tail);
    for (const segment of this.#segments) {
      segment.start -= distance;
      segment.end -= distance;
    }
    this.#head -= distance;
    this.#tail -= distance;
  }

  #takeSegments(): readonly Segment[] {
    let count = 0;
    let taken = 0;
    for (const segment of this.#segments) {
      if (count + segment.count > this.#options.maxBatchItems) break;
      count += segment.count;
      taken += 1;
    }
    this.#open = null;
    return this.#segments.splice(0, taken);
  }

  #toPiece({ group, start, end, count, ownBytes }: Segment): SpanPiece {
    if (ownBytes !== null) return toPiece(group, count, ownBytes);
    const write = (writer: ProtobufWriter) => this.#memory.writeEntries(start, end, writer);
    return { group, count, bytesCount: this.#memory.wireBytes(start, end), write };
  }

  /** Before the module forgets keys. Rare: its table has room for a thousand of them. */
  #writeOutAll(): void {
    const { QUEUE } = this.#memory.layout;
    this.#segments = this.#segments.map((segment) => {
      if (segment.ownBytes !== null) return segment;
      const writer = new ProtobufWriter(this.#memory.wireBytes(segment.start, segment.end));
      this.#memory.writeEntries(segment.start, segment.end, writer);
      const ownBytes = writer.peek();
      this.#ownBytes += ownBytes.length;
      return { ...segment, start: QUEUE, end: QUEUE, ownBytes };
    });
    this.#open = null;
    this.#head = QUEUE;
    this.#tail = QUEUE;
  }

  #release(segments: readonly Segment[], itemCount: number): void {
    for (const { ownBytes } of segments) this.#ownBytes -= ownBytes?.length ?? 0;
    this.#head = this.#segments[0]?.start ?? this.#tail;
    this.#itemCount -= itemCount;
    if (this.#segments.length > 0) return;
    this.#head = this.#memory.layout.QUEUE;
    this.#tail = this.#head;
  }
}

/** Of the tag and the length that a message begins with; the last byte of a length is below 128. */
function toHeadBytes(message: Uint8Array): number {
  let headBytes = 2;
  while ((message[headBytes - 1] ?? 0) > 0x7f) headBytes += 1;
  return headBytes;
}
