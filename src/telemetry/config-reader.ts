/** Reads variables by the specification's rules: empty is unset; what cannot be read is ignored, with one warning. */

import type { Row } from './variable-row.ts';
import { ROWS } from './variable-rows.ts';

/** String bindings; Workers also bind objects, which are ignored. */
export type TelemetryEnvironment = Readonly<Record<string, unknown>>;

export interface ConfigReader {
  /** One line per variable that was ignored: its name and what was expected, never its value. */
  readonly warnings: readonly string[];
  warn(name: string, expected: string): void;
  /** A warning in words of its own. */
  note(warning: string): void;
  /** Null when unset. */
  text(name: string): string | null;
  boolean(name: string): boolean;
  /** Null when unset and without default. */
  number(name: string): number | null;
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | null;
  list(name: string): readonly string[];
  /** Null when unset; http and https only. */
  url(name: string): URL | null;
  /** `key=value` pairs, values percent-decoded; null when unset or when one pair is bad. */
  pairs(name: string): Readonly<Record<string, string>> | null;
  /** What `parse` makes of the text or, when that gives null, with a warning of what was `expected`, of the default. */
  parsed<Value>(
    name: string,
    parse: (given: string, row: Row) => Value | null,
    expected?: string,
  ): Value | null;
}

/** The HTTP token of RFC 9110 §5.6.2, which baggage keys and header names share. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function createConfigReader(env: TelemetryEnvironment): ConfigReader {
  const warnings: string[] = [];
  const warn = (name: string, expected: string) => {
    warnings.push(`${name} is ignored: expected ${expected}`);
  };
  const text = (name: string) => readText(env, name);
  const parsed: ConfigReader['parsed'] = (name, parse, expected) => {
    const row = tableRow(name);
    const given = text(name);
    const value = given === null ? null : parse(given, row);
    if (value !== null) return value;
    if (given !== null) warn(name, expected ?? describe(row));
    return row.default === '' ? null : parse(row.default, row);
  };
  return {
    warnings,
    warn,
    note: (warning) => void warnings.push(warning),
    text,
    boolean: (name) => parsed(name, readBoolean) ?? false,
    number: (name) => parsed(name, readNumber),
    choice: (name, choices) =>
      parsed(name, (given) => choices.find((option) => option === given.toLowerCase()) ?? null),
    list: (name) => splitList(text(name) ?? tableRow(name).default),
    url: (name) => parsed(name, readUrl),
    pairs: (name) => parsed(name, readPairs),
    parsed,
  };
}

function readText(env: TelemetryEnvironment, name: string): string | null {
  const value = env[name];
  const given = typeof value === 'string' ? value.trim() : '';
  return given === '' ? null : given;
}

function tableRow(name: string): Row {
  const row = ROWS[name];
  if (row === undefined) throw new Error(`BUG: variable ${name} is not in the table`);
  return row;
}

function readBoolean(given: string): boolean | null {
  const lower = given.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : null;
}

function readNumber(given: string, row: Row): number | null {
  const value = Number(given);
  const isKind = row.kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  return isKind && value >= (row.min ?? -Infinity) && value <= (row.max ?? Infinity) ? value : null;
}

function readUrl(given: string): URL | null {
  if (!URL.canParse(given)) return null;
  const url = new URL(given);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

function splitList(given: string): readonly string[] {
  return given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readPairs(given: string): Readonly<Record<string, string>> | null {
  const pairs: Record<string, string> = {};
  for (const member of splitList(given)) {
    const at = member.indexOf('=');
    const key = decode(member.slice(0, Math.max(at, 0)).trim());
    const value = decode(member.slice(at + 1).trim());
    if (at < 1 || key === null || value === null || !TOKEN.test(key) || member.includes(';')) {
      return null;
    }
    pairs[key] = value;
  }
  return pairs;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function describe(row: Row): string {
  if (row.choices !== undefined) return `one of ${row.choices.join(', ')}`;
  if (row.kind === 'boolean') return 'true or false';
  if (row.kind === 'url') return 'an http or https URL';
  if (row.kind === 'integer' || row.kind === 'number') {
    const noun = row.kind === 'integer' ? 'a whole number' : 'a number';
    return `${noun} from ${row.min} to ${row.max}`;
  }
  return 'comma-separated key=value pairs, percent-encoded';
}
