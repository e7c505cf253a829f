/** A real redis-server of its own for a test: a free port, nothing on disk. */

import { createConnection } from 'node:net';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Path of the binary, or null when it is not installed. */
export function findRedisServer(): string | null {
  return Bun.which('redis-server');
}

/** @throws {Error} when it does not accept connections within five seconds. */
export async function startRedisServer(): Promise<RedisServer> {
  const binary = findRedisServer();
  if (binary === null) throw new Error('redis-server is not installed');
  const port = await freePort();
  const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const child = Bun.spawn(
    [binary, '--port', String(port), '--bind', '127.0.0.1', '--loglevel', 'warning', ...memoryOnly],
    { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' },
  );
  await untilAccepting(port);
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

/** Waits until something listens on a local port. */
export async function untilAccepting(port: number, timeoutMs = 5000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isAccepting(port))) {
    if (performance.now() > deadlineMs) throw new Error(`nothing listens on port ${port}`);
    await Bun.sleep(10);
  }
}

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
