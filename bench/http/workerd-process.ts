/** workerd under load as a process of its own, timed from outside the isolate, whose own clocks say little. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OTLP_MODULE, serveOnWorkerd } from '../workerd/serve.ts';
import type { ServerProcess } from './server-process.ts';

const WORKER = new URL('../workerd/http-worker.ts', import.meta.url);
const WORKERD = fileURLToPath(new URL('../../node_modules/.bin/workerd', import.meta.url));
/** `USER_HZ`, in which Linux counts the time of a process (man 5 proc). */
const MICROSECONDS_PER_TICK = 10_000;

/** Null when it can be measured here; otherwise why not. */
export function whyNoWorkerd(): string | null {
  if (!existsSync(WORKERD)) return 'its executable is not installed';
  return existsSync('/proc/self/stat') ? null : 'its CPU time is read where Linux shows it';
}

/** @throws {Error} when it ends before it listens. */
export async function startWorkerd(variant: string, collectorUrl: string): Promise<ServerProcess> {
  const bindings = { VARIANT: variant, COLLECTOR_URL: collectorUrl };
  const { url, processId, close } = await serveOnWorkerd(WORKER, {
    modules: [OTLP_MODULE],
    bindings,
  });
  return { port: Number(new URL(url).port), readCpuUs: () => readCpuUs(processId), close };
}

/** User and system time of all its threads: fields 14 and 15; field 2 may hold spaces. */
async function readCpuUs(processId: number): Promise<number> {
  const text = await readFile(`/proc/${processId}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
