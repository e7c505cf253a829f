/** A child process that speaks in lines of JSON, and ends with its standard input. */

import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  /** The next line. @throws {Error} when the process ended instead. */
  next(): Promise<unknown>;
  say(line: string): void;
  close(): Promise<void>;
}

/** @param script - beside this file. */
export function startChild(command: string, script: string, ...values: readonly string[]): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const isDeno = basename(command).startsWith('deno');
  const child = spawn(command, [...(isDeno ? ['run', '-A'] : []), path, ...values], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    next: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${command} ${script}: the process ended by itself`);
      return JSON.parse(value);
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
