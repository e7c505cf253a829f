/**
 * Canonical OTLP/JSON to what protobufjs takes, strictly, as a Collector does it: ids are hex, other bytes base64,
 * enums integers, 64-bit integers decimal strings or whole numbers, doubles numbers or the three names, never null.
 * Source: opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding".
 */

import protobuf from 'protobufjs';

const HEX_LENGTHS: Readonly<Record<string, number>> = { traceId: 32, spanId: 16, parentSpanId: 16 };
const INTEGER_TYPES = new Set([
  'int32',
  'uint32',
  'int64',
  'uint64',
  'fixed32',
  'fixed64',
  'sfixed64',
  'sint32',
]);

/** @throws {Error} naming the field that is not canonical. Unknown fields are ignored, as the specification says. */
export function fromCanonicalJson(
  type: protobuf.Type,
  json: unknown,
  path: string,
): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw bad(path, 'an object');
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const field = type.fields[key];
    if (field !== undefined) result[key] = fromField(field, value, `${path}.${key}`);
  }
  return result;
}

function fromField(field: protobuf.Field, value: unknown, path: string): unknown {
  if (!field.repeated) return fromSingle(field, value, path);
  if (!Array.isArray(value)) throw bad(path, 'an array');
  return value.map((item, index) => fromSingle(field, item, `${path}[${index}]`));
}

function fromSingle(field: protobuf.Field, value: unknown, path: string): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return fromCanonicalJson(resolvedType, value, path);
  if (resolvedType instanceof protobuf.Enum) return fromEnum(resolvedType, value, path);
  if (INTEGER_TYPES.has(field.type)) return fromInteger(value, path);
  if (field.type === 'double') return fromDouble(value, path);
  if (field.type === 'bytes') return fromBytes(field.name, value, path);
  const expected = field.type === 'bool' ? 'boolean' : 'string';
  if (typeof value !== expected) throw bad(path, `a ${expected}`);
  return value;
}

function fromEnum(type: protobuf.Enum, value: unknown, path: string): number {
  if (typeof value === 'number' && type.valuesById[value] !== undefined) return value;
  throw bad(path, `an integer of ${type.name}`);
}

function fromInteger(value: unknown, path: string): string {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
  if (isWhole || (typeof value === 'string' && /^-?\d+$/.test(value))) return String(value);
  throw bad(path, 'an integer or a decimal string');
}

function fromDouble(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  const isText = typeof value === 'string' && value.trim() !== '';
  const parsed = isText ? Number(value) : Number.NaN;
  if (isText && (value === 'NaN' || !Number.isNaN(parsed))) return parsed;
  throw bad(path, 'a number, "NaN", "Infinity" or "-Infinity"');
}

function fromBytes(name: string, value: unknown, path: string): Uint8Array {
  const hexLength = HEX_LENGTHS[name];
  if (typeof value !== 'string') throw bad(path, 'a string');
  if (hexLength === undefined) return Uint8Array.from(Buffer.from(value, 'base64'));
  const isHex = value === '' || (value.length === hexLength && /^[0-9a-f]+$/i.test(value));
  if (!isHex) throw bad(path, `${hexLength} hex digits`);
  return Uint8Array.from(Buffer.from(value, 'hex'));
}

function bad(path: string, expected: string): Error {
  return new Error(`${path}: expected ${expected}`);
}
