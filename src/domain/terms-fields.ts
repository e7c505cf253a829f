/** Reads typed fields of the terms; every refusal names the field by its path, what was expected and what came. */

import { SpreadscopeError } from './errors.ts';
import { toDecimal, toDecimalString } from './money.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function invalidTerm(path: string, expected: string, given: unknown): SpreadscopeError {
  const what = given === undefined ? 'nothing' : (JSON.stringify(given) ?? typeof given);
  const shown = what.length > 60 ? `${what.slice(0, 60)}…` : what;
  return new SpreadscopeError(
    'config_invalid',
    `TERMS: ${path === '' ? '' : `${path}: `}expected ${expected}, got ${shown}`,
  );
}

/** Its fields, in their order; a name that is not among `known` is refused: a misspelt one must not be ignored. */
export function readFields(value: unknown, path: string, known: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidTerm(path, 'an object', value);
  }
  const unknown =
    known === null ? undefined : Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new SpreadscopeError(
      'config_invalid',
      `TERMS: ${path === '' ? '' : `${path}.`}${unknown}: expected one of ${known?.join(', ')}`,
    );
  }
  return value as Fields;
}

/** Absent and null: an empty one. */
export function readEntries(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  return value === undefined || value === null ? [] : Object.entries(readFields(value, path, null));
}

/** A decimal of at least 0, as a number or a string, in its plain form; null when absent. */
export function readAmount(fields: Fields, name: string, path: string): string | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const amount = toAmountText(value);
  if (amount === null) throw invalidTerm(`${path}.${name}`, 'a decimal of at least 0', value);
  return amount;
}

/** The plain form of a decimal of at least 0; null when it is none. */
export function toAmountText(value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  try {
    const decimal = toDecimal(value);
    return decimal.units < 0n ? null : toDecimalString(decimal);
  } catch {
    return null;
  }
}

/** A number from `min` to `max`, as a number or a decimal string; null when absent. */
export function readNumber(
  fields: Fields,
  name: string,
  path: string,
  [min, max]: readonly [number, number],
): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = isText || typeof value === 'number' ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  throw invalidTerm(`${path}.${name}`, `a number ${range}`, value);
}

/** Null when absent. */
export function readFlag(fields: Fields, name: string, path: string): boolean | null {
  const value = fields[name] ?? null;
  if (value === null || typeof value === 'boolean') return value;
  throw invalidTerm(`${path}.${name}`, 'true or false', value);
}
