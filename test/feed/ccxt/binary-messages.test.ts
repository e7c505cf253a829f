/** Messages of exchanges that send binary ones, as Deno and Workers deliver them, through ccxt's own client. */

import { expect, test } from 'bun:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import ccxt from 'ccxt';
import { acceptArrayBuffers } from '../../../src/feed/drivers/ccxt/binary-messages.ts';
import type { CcxtClient } from '../../../src/feed/drivers/ccxt/ccxt-types.ts';

const MESSAGE = { ch: 'market.btcusdt.bbo', tick: { bid: 100.5, ask: 100.6 } };
const BYTES = new TextEncoder().encode(JSON.stringify(MESSAGE));

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** What the exchange's handler is given. */
function received(settings: object, data: unknown): unknown {
  const exchange = new ccxt.pro.htx({});
  const messages: unknown[] = [];
  exchange.handleMessage = (_client: unknown, message: unknown) => messages.push(message);
  exchange.options.ws = settings;
  const client: CcxtClient = exchange.client('wss://localhost/ws');
  Object.assign(client, { gunzip: false, inflate: false }, settings);
  acceptArrayBuffers(client);
  client.onMessage({ data });
  return messages[0];
}

test.each([
  ['gzip', { gunzip: true }, toArrayBuffer(gzipSync(BYTES))],
  ['raw deflate', { inflate: true }, toArrayBuffer(deflateRawSync(BYTES))],
  ['text in a binary frame', {}, toArrayBuffer(BYTES)],
  ['gzip in a Buffer, as on Bun and Node', { gunzip: true }, gzipSync(BYTES)],
  ['text', {}, JSON.stringify(MESSAGE)],
])('is read: %s', (_, settings, data) => {
  expect(received(settings, data)).toEqual(MESSAGE);
});

test('is left alone where the exchange decodes it itself', () => {
  const data = toArrayBuffer(BYTES);
  expect(received({ decompressBinary: false }, data)).toBe(data);
});
