/** Turns decoded OTLP values back into plain ones, so that a test can compare what arrived with what was recorded. */

import { otlpRequestType } from '../../support/otlp-proto.ts';

/** 64-bit integers stay exact: `longs: String` makes `{ int: '…' }` of them here. */
export type Decoded = unknown;

type Raw = Readonly<Record<string, unknown>>;

/** The spans of a protobuf request, flat, with values made plain. */
export function decodeSpans(bytes: Uint8Array): readonly Raw[] {
  const type = otlpRequestType('traces');
  const request = type.toObject(type.decode(bytes), {
    longs: String,
    enums: Number,
    arrays: true,
    oneofs: true,
  }) as { resourceSpans: readonly { scopeSpans: readonly { spans: readonly Raw[] }[] }[] };
  return request.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );
}

/** `KeyValue`s to pairs, in order. */
export function toPairs(attributes: unknown): ReadonlyArray<readonly [string, Decoded]> {
  return (attributes as readonly Raw[]).map(({ key, value }) => [
    String(key ?? ''),
    toDecoded(value),
  ]);
}

function toDecoded(value: unknown): Decoded {
  const any = (value ?? {}) as Raw;
  switch (any['value']) {
    case 'stringValue':
      return any['stringValue'];
    case 'boolValue':
      return any['boolValue'];
    case 'intValue':
      return { int: any['intValue'] };
    case 'doubleValue':
      return { double: any['doubleValue'] };
    case 'bytesValue':
      return { bytes: [...(any['bytesValue'] as Uint8Array)] };
    case 'arrayValue':
      return ((any['arrayValue'] as Raw)['values'] as readonly unknown[]).map(toDecoded);
    case 'kvlistValue':
      return { map: toPairs((any['kvlistValue'] as Raw)['values']) };
    default:
      return null;
  }
}

/** What `toPairs` gives for a value that was recorded: the statement of our own encoding rules. */
export function toExpected(value: unknown): Decoded {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (typeof value === 'bigint') {
    return BigInt.asIntN(64, value) === value ? { int: String(value) } : String(value);
  }
  if (typeof value === 'number') {
    const fits = value >= -(2 ** 63) && value < 2 ** 63;
    const isInt = Number.isInteger(value) && fits && !Object.is(value, -0);
    return isInt ? { int: BigInt(value).toString() } : { double: value };
  }
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(toExpected);
  if (typeof value === 'object') {
    const present = Object.entries(value).filter(([, item]) => item !== undefined);
    return { map: present.map(([key, item]) => [toExpected(key), toExpected(item)]) };
  }
  return value;
}
