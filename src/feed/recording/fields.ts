/** Reads typed fields from untrusted JSON; every refusal names the field, what was expected and what came. */

import { SpreadscopeError } from '../../domain/errors.ts';
import { parseSymbol } from '../../domain/market.ts';
import { parseDecimal } from './decimal-text.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Largest time that a `Date` can hold, milliseconds since the epoch (ECMA-262, time values). */
const MAX_TIME_MS = 8.64e15;

export function invalidField(field: string, expected: string, given: unknown): SpreadscopeError {
  return new SpreadscopeError(
    'recording_invalid',
    `${field}: expected ${expected}, got ${describeValue(given)}`,
  );
}

/** True for an object that is neither null nor an array. */
export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name without white space or control characters, 1 to 64 characters. */
export function readName(record: JsonRecord, field: string): string {
  const value = record[field];
  if (typeof value === 'string' && /^[^\s\p{C}]{1,64}$/u.test(value)) return value;
  throw invalidField(field, 'a name of 1 to 64 characters without spaces', value);
}

/** A symbol in unified form. */
export function readSymbol(record: JsonRecord, field: string): string {
  const symbol = readName(record, field);
  try {
    parseSymbol(symbol);
  } catch {
    throw invalidField(field, 'BASE/QUOTE such as BTC/USDT', symbol);
  }
  return symbol;
}

export function readText(record: JsonRecord, field: string): string {
  const value = record[field];
  if (typeof value === 'string') return value;
  throw invalidField(field, 'text', value);
}

/** A finite number (JSON number), any sign. */
export function readNumber(record: JsonRecord, field: string): number {
  const value = record[field];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalidField(field, 'a number', value);
}

/** Milliseconds since the epoch, fractions allowed. */
export function readTimeMs(record: JsonRecord, field: string): number {
  const value = record[field];
  if (typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS) return value + 0;
  throw invalidField(field, 'milliseconds since the epoch', value);
}

export function readOptionalTimeMs(record: JsonRecord, field: string): number | null {
  return record[field] === undefined || record[field] === null ? null : readTimeMs(record, field);
}

/** A decimal of at least zero; `missing` stands for null or nothing. */
export function readDecimal(record: JsonRecord, field: string, missing: number): number {
  const value = record[field];
  if (value === undefined || value === null) return missing;
  const decimal = parseDecimal(value);
  if (decimal === null) throw invalidField(field, 'a decimal of at least 0', value);
  return decimal;
}

/** A decimal of any sign. */
export function readSignedDecimal(record: JsonRecord, field: string): number {
  const value = record[field];
  const isNegative = typeof value === 'string' && value.startsWith('-');
  const size = parseDecimal(isNegative ? value.slice(1) : value);
  if (size === null) throw invalidField(field, 'a decimal', value);
  return isNegative ? 0 - size : size;
}

/** A decimal above zero as text, kept as it is written; null for null or nothing. */
export function readOptionalStep(record: JsonRecord, field: string): string | null {
  const value = record[field];
  if (value === undefined || value === null) return null;
  const decimal = parseDecimal(value);
  if (decimal === null || decimal === 0) throw invalidField(field, 'a decimal above 0', value);
  return String(value);
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
