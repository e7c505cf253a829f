/** One variable: its name, and how it is read. Units and meanings are in `variables.ts`. */

import { parseHttpUrl } from './http-url.ts';
import { attempt, TOKEN } from './propagate/baggage-header.ts';

/** `Value` is what reading gives; null is a part of it where there is no default. */
export interface Row<Value = unknown> {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'choice' | 'url' | 'secret';
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  /** For the warning of what cannot be read. */
  readonly expected: string;
  /** Null for what cannot be read. */
  readonly parse: (given: string) => Value | null;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

const INT32_MAX = 2_147_483_647;

export function text(name: string): Row<string | null> {
  return { name, kind: 'text', default: '', expected: 'text', parse: (given) => given };
}

export function boolean(name: string, defaultValue: boolean): Row<boolean> {
  const parse = (given: string) => {
    const lower = given.toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : null;
  };
  return { name, kind: 'boolean', default: `${defaultValue}`, expected: 'true or false', parse };
}

/** In any case. A default of null: unset. */
export function choice<Choice extends string, Default extends Choice | null>(
  name: string,
  choices: readonly Choice[],
  defaultValue: Default,
): Row<Choice | Default> {
  return {
    name,
    kind: 'choice',
    default: defaultValue ?? '',
    expected: `one of ${choices.join(', ')}`,
    parse: (given) => choices.find((option) => option === given.toLowerCase()) ?? null,
    choices,
  };
}

/** Bounds are inclusive; a default of null: unset. */
export function integer<Default extends number | null>(
  name: string,
  defaultValue: Default,
  min: number,
  max = INT32_MAX,
): Row<number | Default> {
  const row = number(name, defaultValue, min, max);
  const parse = (given: string) => (Number.isInteger(Number(given)) ? row.parse(given) : null);
  return { ...row, kind: 'integer', expected: `a whole number from ${min} to ${max}`, parse };
}

/** As `integer`, with fractions. */
export function number<Default extends number | null>(
  name: string,
  defaultValue: Default,
  min: number,
  max: number,
): Row<number | Default> {
  const parse = (given: string) => {
    const value = Number(given);
    return value >= min && value <= max ? value : null;
  };
  const expected = `a number from ${min} to ${max}`;
  return { name, kind: 'number', default: `${defaultValue ?? ''}`, expected, parse, min, max };
}

/** http and https only. */
export function url(name: string): Row<URL | null> {
  return { name, kind: 'url', default: '', expected: 'an http or https URL', parse: parseHttpUrl };
}

/** Separated by commas. */
export function list(name: string, defaultText = ''): Row<readonly string[] | null> {
  return { name, kind: 'list', default: defaultText, expected: 'a list', parse: splitList };
}

/** `key=value` pairs, values percent-decoded; one bad pair discards all. */
export function pairs(
  name: string,
  kind: 'list' | 'secret',
): Row<Readonly<Record<string, string>> | null> {
  const expected = 'comma-separated key=value pairs, percent-encoded';
  return { name, kind, default: '', expected, parse: parsePairs };
}

function splitList(given: string): readonly string[] {
  return given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parsePairs(given: string): Readonly<Record<string, string>> | null {
  const found: Record<string, string> = {};
  for (const member of splitList(given)) {
    const at = member.indexOf('=');
    const key = attempt(decodeURIComponent, member.slice(0, Math.max(at, 0)).trim());
    const value = attempt(decodeURIComponent, member.slice(at + 1).trim());
    if (at < 1 || key === null || value === null || !TOKEN.test(key) || member.includes(';')) {
      return null;
    }
    found[key] = value;
  }
  return found;
}
