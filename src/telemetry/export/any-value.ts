/**
 * Sorts what programs put into attributes into the kinds of OTLP's `AnyValue` (`common/v1/common.proto`), once for both
 * encodings: whole numbers are integers, everything else is kept as it is.
 */

export type AnyValue =
  | { readonly kind: 'empty' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'array'; readonly value: readonly unknown[] }
  | { readonly kind: 'map'; readonly value: Readonly<Record<string, unknown>> };

/** Values nested deeper than this are replaced by a text; decoders of protobuf commonly stop at 100 messages. */
export const MAX_VALUE_DEPTH = 24;

const EMPTY: AnyValue = { kind: 'empty' };
const TOO_DEEP: AnyValue = { kind: 'string', value: '[nested too deep]' };
const INT64_MIN = -(2n ** 63n);
const INT64_END = 2n ** 63n;

/** @param depth - lists and maps around this value. */
export function toAnyValue(value: unknown, depth: number): AnyValue {
  switch (typeof value) {
    case 'string':
      return { kind: 'string', value };
    case 'boolean':
      return { kind: 'bool', value };
    case 'number':
      return isInt64(value) ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value };
    case 'bigint':
      return fromBigInt(value);
    case 'object':
      return value === null ? EMPTY : fromObject(value, depth);
    default:
      return EMPTY;
  }
}

/** Whole, in range, and not −0, whose sign only a double can carry. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 && !Object.is(value, -0);
}

/** An integer that does not fit is kept exactly, as text. */
function fromBigInt(value: bigint): AnyValue {
  const fits = value >= INT64_MIN && value < INT64_END;
  return fits ? { kind: 'int', value } : { kind: 'string', value: value.toString() };
}

function fromObject(value: object, depth: number): AnyValue {
  if (value instanceof Uint8Array) return { kind: 'bytes', value };
  if (depth >= MAX_VALUE_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return { kind: 'array', value };
  return { kind: 'map', value: value as Record<string, unknown> };
}

/** A number of seconds and nanoseconds since the epoch in nanoseconds; times before the epoch become 0. */
export function toUnixNanos(time: readonly [number, number]): bigint {
  const nanos = BigInt(Math.trunc(time[0])) * 1_000_000_000n + BigInt(Math.round(time[1]));
  return nanos < 0n ? 0n : BigInt.asUintN(64, nanos);
}
