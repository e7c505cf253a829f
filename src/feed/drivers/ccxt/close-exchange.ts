/** Closes the sockets of an exchange, by force when the other side does not answer. */

import type { Clock } from '../../../domain/clock.ts';
import type { CcxtExchange } from './ccxt-types.ts';

/**
 * Closes all WebSockets of `exchange`, which can be used again afterwards: the next call dials anew. Whatever waited for
 * a message is rejected. Never throws.
 *
 * @param timeoutMs - for the closing handshake; then the sockets are cut.
 */
export async function closeExchange(
  exchange: CcxtExchange,
  clock: Clock,
  timeoutMs: number,
): Promise<void> {
  const clients = Object.values(exchange.clients ?? {});
  if (clients.length === 0) return;
  const done = new AbortController();
  const closed = exchange.close().then(
    () => true,
    () => false,
  );
  const expired = clock.sleep(timeoutMs, done.signal).then(
    () => false,
    () => false,
  );
  const isClosed = await Promise.race([closed, expired]);
  done.abort();
  if (isClosed) return;
  for (const client of clients) {
    client.reset(new Error('the connection did not close'));
    client.connection?.terminate?.();
  }
}
