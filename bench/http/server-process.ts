/** A server under load as a child process, and its CPU time. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly port: number;
  /** CPU time used so far by all its threads, microseconds. */
  readCpuUs(): Promise<number>;
  close(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));

/** @param command - the runtime's executable. @throws {Error} when it ends before it listens. */
export async function startServer(
  command: string,
  variant: string,
  collectorUrl: string,
): Promise<ServerProcess> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    command,
    [SERVER, variant, collectorUrl],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = async (): Promise<Readonly<Record<string, number>>> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command} ${variant}: the server ended by itself`);
    return JSON.parse(value);
  };
  const { port = 0 } = await next();
  return {
    port,
    readCpuUs: async () => {
      child.stdin.write('\n');
      return (await next()).cpuUs ?? Number.NaN;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
