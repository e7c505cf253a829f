/** A real redis-server of its own for a test: a free port, nothing on disk. */

import { createConnection } from 'node:net';
import { endChild } from './ended.ts';
import { freePort } from './free-port.ts';
import { untilTrue } from './until-true.ts';

export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Path of the binary, or null when it is not installed. */
export function findRedisServer(): string | null {
  return Bun.which('redis-server');
}

/** @param givenPort - absent: any free one. @throws {Error} when it does not accept connections in time. */
export async function startRedisServer(givenPort?: number): Promise<RedisServer> {
  const binary = findRedisServer();
  if (binary === null) throw new Error('redis-server is not installed');
  const port = givenPort ?? (await freePort());
  const memoryOnly = ['--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const child = Bun.spawn(
    [binary, '--port', String(port), '--bind', '127.0.0.1', '--loglevel', 'warning', ...memoryOnly],
    { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' },
  );
  await untilTrue('redis-server accepts connections', () => isAccepting(port));
  return {
    port,
    stop: () => endChild(child, 'SIGKILL'),
  };
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
