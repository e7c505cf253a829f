/** The messages that all OTLP signals share, in protobuf: values, attributes, resource, scope. */

import type { InstrumentationScope } from '@opentelemetry/core';
import { toAnyValue } from './any-value.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Field numbers are those of `common/v1/common.proto` and `resource/v1/resource.proto`. */
const KEY_VALUE = { key: 1, value: 2 } as const;
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;
/** Both `ArrayValue` and `KeyValueList` have this single field. */
const LIST_VALUES = 1;
const RESOURCE_ATTRIBUTES = 1;
const SCOPE = { name: 1, version: 2 } as const;

/** Repeated `KeyValue`s; a value that is `undefined` is no attribute. */
export function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>>,
  depth = 0,
): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) writeKeyValue(writer, field, key, value, depth);
  }
}

function writeKeyValue(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: unknown,
  depth: number,
): void {
  const mark = writer.open(field);
  writer.string(KEY_VALUE.key, key);
  const valueMark = writer.open(KEY_VALUE.value);
  writeAnyValue(writer, value, depth);
  writer.close(valueMark);
  writer.close(mark);
}

/** The fields of one `AnyValue`, without a tag around them; none for null and for what has no OTLP form. */
export function writeAnyValue(writer: ProtobufWriter, value: unknown, depth = 0): void {
  const any = toAnyValue(value, depth);
  switch (any.kind) {
    case 'empty':
      break;
    case 'string':
      writer.string(ANY_VALUE.string, any.value);
      break;
    case 'bool':
      writer.bool(ANY_VALUE.bool, any.value);
      break;
    case 'int':
      writer.int64(ANY_VALUE.int, any.value);
      break;
    case 'double':
      writer.double(ANY_VALUE.double, any.value);
      break;
    case 'bytes':
      writer.bytes(ANY_VALUE.bytes, any.value);
      break;
    case 'array':
      writeArray(writer, any.value, depth + 1);
      break;
    case 'map':
      writeMap(writer, any.value, depth + 1);
      break;
    default:
      any satisfies never;
  }
}

function writeArray(writer: ProtobufWriter, values: readonly unknown[], depth: number): void {
  const mark = writer.open(ANY_VALUE.array);
  for (const value of values) {
    const valueMark = writer.open(LIST_VALUES);
    writeAnyValue(writer, value, depth);
    writer.close(valueMark);
  }
  writer.close(mark);
}

function writeMap(
  writer: ProtobufWriter,
  map: Readonly<Record<string, unknown>>,
  depth: number,
): void {
  const mark = writer.open(ANY_VALUE.map);
  writeAttributes(writer, LIST_VALUES, map, depth);
  writer.close(mark);
}

/** A `Resource`. */
export function writeResource(
  writer: ProtobufWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>>,
): void {
  const mark = writer.open(field);
  writeAttributes(writer, RESOURCE_ATTRIBUTES, attributes);
  writer.close(mark);
}

/** An `InstrumentationScope`; its schema URL belongs to the message around it. */
export function writeScope(
  writer: ProtobufWriter,
  field: number,
  scope: InstrumentationScope,
): void {
  const mark = writer.open(field);
  if (scope.name !== '') writer.string(SCOPE.name, scope.name);
  if (scope.version) writer.string(SCOPE.version, scope.version);
  writer.close(mark);
}
