/**
 * The messages that all OTLP signals share, in canonical JSON (opentelemetry-proto `docs/specification.md`,
 * "JSON Protobuf Encoding"). Text is built by hand: `JSON.stringify` has no −0, and turns NaN into null.
 */

import type { InstrumentationScope } from '@opentelemetry/core';
import { toAnyValue } from './any-value.ts';

/** A JSON string; a lone surrogate becomes U+FFFD, as it does in protobuf. */
export function toJsonString(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

/** An object out of members that are there; each member is finished text, `null` leaves it out. */
export function toJsonObject(members: Readonly<Record<string, string | null>>): string {
  const parts: string[] = [];
  for (const [name, text] of Object.entries(members)) {
    if (text !== null) parts.push(`"${name}":${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** An array of finished texts, or null when there are none. */
export function toJsonArray(items: readonly string[]): string | null {
  return items.length === 0 ? null : `[${items.join(',')}]`;
}

/** A double: non-finite numbers are strings, and −0 keeps its sign. */
export function toJsonDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `KeyValue`s, or null when there are none; a value that is `undefined` is no attribute. */
export function toJsonAttributes(
  attributes: Readonly<Record<string, unknown>>,
  depth = 0,
): string | null {
  const items: string[] = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    items.push(`{"key":${toJsonString(key)},"value":${toJsonAnyValue(value, depth)}}`);
  }
  return toJsonArray(items);
}

/** One `AnyValue`; an empty object for null and for what has no OTLP form. */
export function toJsonAnyValue(value: unknown, depth = 0): string {
  const any = toAnyValue(value, depth);
  switch (any.kind) {
    case 'empty':
      return '{}';
    case 'string':
      return `{"stringValue":${toJsonString(any.value)}}`;
    case 'bool':
      return `{"boolValue":${any.value}}`;
    case 'int':
      return `{"intValue":"${any.value}"}`;
    case 'double':
      return `{"doubleValue":${toJsonDouble(any.value)}}`;
    case 'bytes':
      return `{"bytesValue":"${toBase64(any.value)}"}`;
    case 'array':
      return `{"arrayValue":{"values":[${any.value.map((item) => toJsonAnyValue(item, depth + 1)).join(',')}]}}`;
    case 'map':
      return `{"kvlistValue":{"values":${toJsonAttributes(any.value, depth + 1) ?? '[]'}}}`;
    default:
      return any satisfies never;
  }
}

/** A `Resource`. */
export function toJsonResource(attributes: Readonly<Record<string, unknown>>): string {
  return toJsonObject({ attributes: toJsonAttributes(attributes) });
}

/** An `InstrumentationScope`. */
export function toJsonScope(scope: InstrumentationScope): string {
  return toJsonObject({
    name: toJsonString(scope.name),
    version: scope.version ? toJsonString(scope.version) : null,
  });
}

/** Arguments that one call of `String.fromCharCode` takes on every runtime. */
const BASE64_CHUNK_BYTES = 8_192;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += BASE64_CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BASE64_CHUNK_BYTES));
  }
  return btoa(binary);
}
