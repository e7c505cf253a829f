/** Reads an `Export…ServiceResponse`: did the backend take everything? */

import type { OtlpSignal } from './export-batch.ts';

/** What a partial success says; a message with nothing rejected is a warning. */
export interface PartialSuccess {
  readonly rejectedCount: number;
  readonly message: string;
}

export const FULL_SUCCESS: PartialSuccess = { rejectedCount: 0, message: '' };

const REJECTED_KEYS: Readonly<Record<OtlpSignal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
};

/** @returns null when the text is not a JSON response of that signal. */
export function parseJsonResponse(signal: OtlpSignal, text: string): PartialSuccess | null {
  if (text.trim() === '') return FULL_SUCCESS;
  const answer = toRecord(parseJson(text));
  if (answer === null) return null;
  const partial = toRecord(answer['partialSuccess']);
  if (partial === null) return FULL_SUCCESS;
  const rejectedCount = Number(partial[REJECTED_KEYS[signal]] ?? 0);
  const message = partial['errorMessage'];
  return {
    rejectedCount: Number.isFinite(rejectedCount) ? rejectedCount : 0,
    message: typeof message === 'string' ? message : '',
  };
}

/**
 * All three signals have the same wire form: field 1 is the partial success, in which 1 is the rejected count (int64)
 * and 2 the message (`collector/<signal>/v1/<signal>_service.proto`).
 *
 * @returns null when the bytes are not a protobuf message.
 */
export function parseProtobufResponse(bytes: Uint8Array): PartialSuccess | null {
  const answer = readFields(bytes);
  if (answer === null) return null;
  const partialBytes = answer.get(1);
  if (!(partialBytes instanceof Uint8Array)) return FULL_SUCCESS;
  const partial = readFields(partialBytes);
  if (partial === null) return null;
  const rejected = partial.get(1);
  const message = partial.get(2);
  return {
    rejectedCount: typeof rejected === 'bigint' ? Number(BigInt.asIntN(64, rejected)) : 0,
    message: message instanceof Uint8Array ? new TextDecoder().decode(message) : '',
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

type FieldValue = bigint | Uint8Array;

/** The last value of each field; varints and length-delimited ones are kept, fixed-width ones passed over. */
function readFields(bytes: Uint8Array): ReadonlyMap<number, FieldValue> | null {
  const fields = new Map<number, FieldValue>();
  let position = 0;
  const readVarint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return null;
  };
  while (position < bytes.length) {
    const tag = readVarint();
    if (tag === null || tag < 8n) return null;
    const wireType = Number(tag & 7n);
    if (wireType === 1 || wireType === 5) {
      position += wireType === 1 ? 8 : 4;
    } else if (wireType === 0 || wireType === 2) {
      const value = readVarint();
      if (value === null) return null;
      const end = wireType === 0 ? position : position + Number(value);
      if (end > bytes.length) return null;
      fields.set(Number(tag >> 3n), wireType === 0 ? value : bytes.subarray(position, end));
      position = end;
    } else {
      return null;
    }
  }
  return position === bytes.length ? fields : null;
}
