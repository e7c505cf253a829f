/**
 * Leases in Redis or Valkey over their own protocol. `@redis/client` is the client that Redis itself keeps; without the
 * modules of `redis` it is all that is needed, and it runs on Bun and Deno alike, which Bun's own client does not.
 */

import { createClient } from '@redis/client';
import type { LeaseStore } from '../lease.ts';
import { createRedisLeases } from '../redis-leases.ts';

export interface RedisLeasesDriverOptions {
  /** `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` with TLS. */
  readonly url: string;
  /** Of one command, and of connecting, milliseconds. */
  readonly timeoutMs: number;
  readonly keyPrefix?: string;
}

/** Between two attempts to connect, milliseconds: a beat must find the connection again soon. */
const RECONNECT_MS = 250;

/** Connects with the first command. */
export function createRedisServerLeases(options: RedisLeasesDriverOptions): LeaseStore {
  const { url, timeoutMs, ...rest } = options;
  const client = createClient({
    url,
    // A command that waits for a connection would be late for its purpose.
    disableOfflineQueue: true,
    commandOptions: { timeout: timeoutMs },
    socket: { connectTimeout: timeoutMs, reconnectStrategy: () => RECONNECT_MS },
  });
  // Commands fail and say so; the client goes on connecting. Unheard, the event would end the process.
  client.on('error', () => undefined);
  let connecting: Promise<unknown> | null = null;
  const connected = async () => {
    connecting ??= client.connect();
    await within(connecting, timeoutMs);
    return client;
  };
  return createRedisLeases({
    ...rest,
    driver: 'redis',
    scripts: {
      evaluate: async (script, keys, args) =>
        (await connected()).eval(script, { keys: [...keys], arguments: [...args] }),
      ping: async () => (await connected()).ping(),
      close: async () => client.destroy(),
    },
  });
}

/** The client connects until it succeeds; nobody waits that long. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  await new Promise<void>((resolve, reject) => {
    timeout.addEventListener('abort', () => reject(timeout.reason), { once: true });
    work.then(() => resolve(), reject);
  });
}
