/** Binary WebSocket messages on runtimes that deliver them as `ArrayBuffer`: Deno and Workers. */

import type { CcxtClient } from './ccxt-types.ts';

const decoder = new TextDecoder();

/**
 * Has `client` understand `ArrayBuffer` messages, before it dials. ccxt 4.5.84 reads them as Node's `Buffer`: it asks one
 * that is compressed for its `buffer`, and takes `toString()` of any other for its text (`ws/Client.js`, `onMessage`).
 */
export function acceptArrayBuffers(client: CcxtClient): void {
  const onMessage = client.onMessage.bind(client);
  client.onMessage = (event) => onMessage({ data: toReadable(client, event.data) });
}

function toReadable(client: CcxtClient, data: unknown): unknown {
  if (!(data instanceof ArrayBuffer)) return data;
  if (client.gunzip === true || client.inflate === true) return new Uint8Array(data);
  return client.decompressBinary === false ? data : decoder.decode(data);
}
