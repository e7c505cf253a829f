/** The service as a process of its own, as a user starts it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild } from './ended.ts';

const LAUNCH = fileURLToPath(new URL('../../src/cli/launch.ts', import.meta.url));

/** A start may have to prepare a database, on a machine that does other things as well. */
const START_MS = 120_000;

/** One structured log line. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface ServiceProcess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly logs: readonly LogLine[];
  getJson(path: string, init?: RequestInit): Promise<unknown>;
  /** Sends a signal and does not wait. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Sends a signal and waits for the end. @returns the exit code; null when the signal ended it. */
  stop(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
}

/**
 * Starts `spreadscope <args>` with `env` over a clean environment, on a free port and a database folder of its own.
 *
 * @param command - what to start instead of Bun and the launcher.
 * @throws {Error} with what it printed, when it does not listen within two minutes.
 */
export async function startService(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  command: readonly string[] = [process.execPath, LAUNCH],
): Promise<ServiceProcess> {
  const dataDir = env.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'spreadscope-')));
  const child = Bun.spawn([...command, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DATA_DIR: dataDir, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const logs: LogLine[] = [];
  const printed: string[] = [];
  const listening = Promise.withResolvers<string>();
  const reading = readLines(child.stderr, (line) => {
    printed.push(line);
    const log = parseLog(line);
    if (log === null) return;
    logs.push(log);
    const url = findUrl(log);
    if (url !== null) listening.resolve(url);
  });
  const timer = setTimeout(
    () => listening.reject(new Error('it did not listen in time')),
    START_MS,
  );
  void child.exited.then((code) => listening.reject(new Error(`it ended with code ${code}`)));
  let url: string;
  try {
    url = await listening.promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}; it printed:\n${printed.join('\n')}`);
  } finally {
    clearTimeout(timer);
  }
  return {
    url,
    logs,
    getJson: async (path, init) => (await fetch(url + path, init)).json(),
    signal: (name) => child.kill(name),
    stop: async (signal = 'SIGTERM') => {
      await endChild(child, signal, reading);
      if (env.DATA_DIR === undefined) await rm(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
  if (rest !== '') take(rest);
}

function parseLog(line: string): LogLine | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as LogLine) : null;
  } catch {
    return null;
  }
}

function findUrl(log: LogLine): string | null {
  const text = JSON.stringify(log);
  if (!text.includes('listening')) return null;
  return /http:\/\/[\w.]+:\d+/.exec(text)?.[0] ?? null;
}
