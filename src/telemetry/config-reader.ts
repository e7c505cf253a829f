/** Reads variables by the specification's rules: empty is unset; what cannot be read is ignored, with one warning. */

import type { Row } from './variable-row.ts';

/** String bindings; Workers also bind objects, which are ignored. */
export type TelemetryEnvironment = Readonly<Record<string, unknown>>;

type Rows = Readonly<Record<string, Row>>;

/** What reading each row gives, under its key. */
export type ValuesOf<Table extends Rows> = {
  readonly [Key in keyof Table]: Table[Key] extends Row<infer Value> ? Value : never;
};

export interface ConfigReader {
  /** One line per variable that was ignored: its name and what was expected, never its value. */
  readonly warnings: readonly string[];
  warn(name: string, expected: string): void;
  /** Null when unset. */
  text(name: string): string | null;
  /** What the row makes of the text or, when it cannot, with a warning, of its default. */
  one<Value>(row: Row<Value>): Value;
  all<Table extends Rows>(rows: Table): ValuesOf<Table>;
}

export function createConfigReader(env: TelemetryEnvironment): ConfigReader {
  const warnings: string[] = [];
  const warn = (name: string, expected: string) => {
    warnings.push(`${name} is ignored: expected ${expected}`);
  };
  const text = (name: string) => {
    const value = env[name];
    const given = typeof value === 'string' ? value.trim() : '';
    return given === '' ? null : given;
  };
  const one = <Value>(row: Row<Value>): Value => {
    const given = text(row.name);
    const value = given === null ? null : row.parse(given);
    if (value !== null) return value;
    if (given !== null) warn(row.name, row.expected);
    // A row without a default has null among its values.
    return (row.default === '' ? null : row.parse(row.default)) as Value;
  };
  const all = <Table extends Rows>(rows: Table) =>
    Object.fromEntries(
      Object.entries(rows).map(([key, row]) => [key, one(row)]),
    ) as ValuesOf<Table>;
  return { warnings, warn, text, one, all };
}
