/** workerd under load as a process of its own, timed from outside the isolate, whose own clocks say little. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from './server-process.ts';

const WORKERD = fileURLToPath(
  new URL('../../node_modules/@cloudflare/workerd-linux-64/bin/workerd', import.meta.url),
);
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Of the project's wrangler.toml. */
const COMPATIBILITY_DATE = '2026-09-01';
/** `USER_HZ`, in which Linux counts the time of a process (man 5 proc). */
const MICROSECONDS_PER_TICK = 10_000;
const ATTEMPTS_COUNT = 200;
const ATTEMPT_DELAY_MS = 25;

/** Null when it can be started here; otherwise why not. */
export function whyNoWorkerd(): string | null {
  return existsSync(WORKERD) ? null : 'its executable is only installed on Linux x64';
}

/** @throws {Error} when it does not answer within some seconds. */
export async function startWorkerd(variant: string, collectorUrl: string): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'spreadscope-bench-'));
  const port = await findFreePort();
  await bundle(folder);
  await writeFile(join(folder, 'config.capnp'), toConfig(port, variant, collectorUrl));
  const child = spawn(WORKERD, ['serve', join(folder, 'config.capnp')], { stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilItAnswers(port);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, readCpuUs: () => readCpuUs(child.pid ?? 0), close };
}

async function bundle(outdir: string): Promise<void> {
  const { success, logs } = await Bun.build({
    entrypoints: [WORKER],
    outdir,
    naming: 'worker.js',
    target: 'browser',
    conditions: ['workerd', 'worker'],
    external: ['node:*'],
    minify: true,
  });
  if (!success) throw new Error('the Worker of the bench cannot be bundled', { cause: logs });
}

function toConfig(port: number, variant: string, collectorUrl: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_als"],
  bindings = [
    (name = "VARIANT", text = ${JSON.stringify(variant)}),
    (name = "COLLECTOR_URL", text = ${JSON.stringify(collectorUrl)}),
  ],
);
`;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('BUG: a server has a port');
  return address.port;
}

async function waitUntilItAnswers(port: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/hello/world`);
      await response.text();
      return;
    } catch (cause) {
      if (attempt === ATTEMPTS_COUNT) throw new Error('workerd does not answer', { cause });
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_DELAY_MS));
    }
  }
}

/** User and system time of all its threads: fields 14 and 15 of /proc/PID/stat; field 2 may hold spaces. */
async function readCpuUs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
