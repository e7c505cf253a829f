/** The README's table of variables, made from the code. `bun test/docs/variables-table.ts` writes it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TELEMETRY_VARIABLES } from '../../src/telemetry/variables.ts';
import { VARIABLES } from '../../src/variables.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const START = '<!-- variables -->';
const END = '<!-- /variables -->';

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly default: string;
  readonly meaning: string;
}

/** `readme` with the table between its two markers replaced by that of the code. @throws {Error} without the markers. */
export function withVariablesTable(readme: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md: expected ${START} and ${END}`);
  return `${readme.slice(0, start + START.length)}\n\n${toTable()}\n\n${readme.slice(end)}`;
}

export function readReadme(): string {
  return readFileSync(README, 'utf8');
}

function toTable(): string {
  const rows: readonly Row[] = [...VARIABLES, ...TELEMETRY_VARIABLES];
  const lines = rows.map(
    (row) =>
      `| \`${row.name}\` | ${row.unit} | ${toCode(row.default)} | ${row.meaning.replaceAll('|', '\\|')} |`,
  );
  return ['| variable | unit | default | meaning |', '| --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}

function toCode(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

if (import.meta.main) writeFileSync(README, withVariablesTable(readReadme()));
