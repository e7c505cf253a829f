/** Puts finished spans into their envelopes: one `ExportTraceServiceRequest`, which can be cut in two. */

import type { ExportBatch } from '../export/export-batch.ts';
import { ProtobufWriter, toVarintBytes } from '../export/protobuf-writer.ts';
import type { ResourceEnvelope, SpanGroup } from './span-group.ts';

/** Finished entries of `ScopeSpans.spans`, one after another, of one group. */
export interface SpanPiece {
  readonly group: SpanGroup;
  readonly count: number;
  readonly bytesCount: number;
  write(writer: ProtobufWriter): void;
}

/** A piece that lies in memory already. */
export function toPiece(group: SpanGroup, count: number, bytes: Uint8Array): SpanPiece {
  return { group, count, bytesCount: bytes.length, write: (writer) => writer.raw(bytes) };
}

const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;

/** Pieces are copied: their memory may be used again after the call. */
export function toSpanBatch(pieces: readonly SpanPiece[]): ExportBatch {
  const scopes = mergeScopes(pieces);
  const resources = Map.groupBy(scopes, ({ group }) => group.envelope);
  const totalBytes = [...resources].reduce((sum, entry) => sum + measure(...entry) + HEAD_BYTES, 0);
  const writer = new ProtobufWriter(totalBytes);
  const copies: CopiedPiece[] = [];
  for (const [envelope, inResource] of resources) {
    writer.head(RESOURCE_SPANS, measure(envelope, inResource));
    writer.raw(envelope.encode());
    for (const scope of inResource) writeScopeSpans(writer, scope, copies);
  }
  const body = writer.peek();
  const itemCount = pieces.reduce((sum, { count }) => sum + count, 0);
  return itemCount < 2
    ? { itemCount, body }
    : { itemCount, body, split: () => splitPieces(copies) };
}

/** Where a piece lies in the finished request. */
interface CopiedPiece {
  readonly group: SpanGroup;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Upper bound of a tag and a length. */
const HEAD_BYTES = 11;

interface ScopePieces {
  readonly group: SpanGroup;
  readonly pieces: readonly SpanPiece[];
  /** Length of `ScopeSpans`. */
  readonly bytes: number;
}

function mergeScopes(pieces: readonly SpanPiece[]): readonly ScopePieces[] {
  const byGroup = Map.groupBy(pieces, ({ group }) => group);
  return [...byGroup].map(([group, own]) => ({
    group,
    pieces: own,
    bytes: own.reduce((sum, { bytesCount }) => sum + bytesCount, group.scopeBytes.length),
  }));
}

/** Length of `ResourceSpans`. */
function measure(envelope: ResourceEnvelope, scopes: readonly ScopePieces[]): number {
  return scopes.reduce(
    (sum, { bytes }) => sum + 1 + toVarintBytes(bytes) + bytes,
    envelope.encode().length,
  );
}

function writeScopeSpans(writer: ProtobufWriter, scope: ScopePieces, copies: CopiedPiece[]): void {
  writer.head(SCOPE_SPANS, scope.bytes);
  writer.raw(scope.group.scopeBytes);
  for (const { group, count, write } of scope.pieces) {
    const start = writer.length;
    write(writer);
    copies.push({ group, bytes: writer.peek().subarray(start), count });
  }
}

/** Two batches with half of the spans each. */
function splitPieces(pieces: readonly CopiedPiece[]): readonly ExportBatch[] {
  const [only] = pieces;
  const halves = pieces.length === 1 && only !== undefined ? splitPiece(only) : pieces;
  const middle = Math.ceil(halves.length / 2);
  const toPieces = (half: readonly CopiedPiece[]) =>
    half.map(({ group, count, bytes }) => toPiece(group, count, bytes));
  return [
    toSpanBatch(toPieces(halves.slice(0, middle))),
    toSpanBatch(toPieces(halves.slice(middle))),
  ];
}

function splitPiece({ group, bytes, count }: CopiedPiece): readonly CopiedPiece[] {
  const half = count >> 1;
  let position = 0;
  for (let index = 0; index < half; index += 1) position = skipEntry(bytes, position);
  return [
    { group, bytes: bytes.subarray(0, position), count: half },
    { group, bytes: bytes.subarray(position), count: count - half },
  ];
}

/** @returns the position after one tag, length and message. */
function skipEntry(bytes: Uint8Array, start: number): number {
  let position = start + 1;
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[position] ?? 0;
    position += 1;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return position + length;
  }
}
