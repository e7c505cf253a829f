/** The recorded Poloniex traffic, and a local server that speaks it: the recorded bodies go out byte for byte. */

import { readFileSync } from 'node:fs';
import type { ServerWebSocket } from 'bun';
import type { UrlOverride } from '../../../src/feed/drivers/ccxt/url-overrides.ts';
import { field, texts } from './exchange-format.ts';
import { toPoloniexCurrency } from './poloniex-format.ts';

/** Name of the channel whose messages are replayed; the recorded `trades` are not subscribed to. */
const CHANNEL = 'book_lv2';

export interface PoloniexCapture {
  /** Body of the recorded answer of `/markets`. */
  readonly markets: string;
  /** Symbols of the recorded subscription, in the exchange's form. */
  readonly ids: readonly string[];
  /** Bodies of the recorded book messages that carry data, in the order of arrival. */
  readonly messages: readonly string[];
}

/** Reads `http.txt` and `ws.txt`; their form is described beside them. */
export function readPoloniexCapture(httpPath: string, wsPath: string): PoloniexCapture {
  const http = readFileSync(httpPath, 'utf8').split('\n');
  const ws = readFileSync(wsPath, 'utf8').split('\n');
  const sent = ws.flatMap((line) => / <- [\d.]+: (.*)$/.exec(line)?.[1] ?? []);
  const received = ws.flatMap((line) => /^[\d.]+: (.*)$/.exec(line)?.[1] ?? []);
  const subscription = sent.find((body) => body.includes(CHANNEL)) ?? '{}';
  return {
    markets: http.flatMap((line) => /\/markets -> [\d.]+: (.*)$/.exec(line)?.[1] ?? [])[0] ?? '[]',
    ids: texts(field(JSON.parse(subscription), 'symbols')),
    messages: received.filter(
      (body) => body.includes(`"channel":"${CHANNEL}"`) && body.includes('"data"'),
    ),
  };
}

export interface PoloniexCaptureServer {
  readonly urls: UrlOverride;
  /** Whether every recorded symbol was subscribed to. */
  readonly isSubscribed: boolean;
  /** Sends recorded messages from `start` on, up to but without `end`. */
  send(start: number, end: number): void;
  close(): Promise<void>;
}

export function startPoloniexCaptureServer(capture: PoloniexCapture): PoloniexCaptureServer {
  const subscribed = new Set<string>();
  let socket: ServerWebSocket<undefined> | null = null;
  const server = Bun.serve<undefined>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, serving) => {
      if (serving.upgrade(request, { data: undefined })) return undefined;
      const body = answer(capture, new URL(request.url).pathname);
      return new Response(body ?? '{}', {
        status: body === null ? 404 : 200,
        headers: { 'content-type': 'application/json' },
      });
    },
    websocket: {
      open: (opened) => {
        socket = opened;
      },
      message: (opened, text) => {
        const message: unknown = JSON.parse(String(text));
        if (field(message, 'event') !== 'subscribe') return;
        const symbols = texts(field(message, 'symbols'));
        for (const id of symbols) subscribed.add(id);
        opened.send(JSON.stringify({ event: 'subscribe', channel: CHANNEL, symbols }));
      },
    },
  });
  return {
    urls: { rest: `http://127.0.0.1:${server.port}`, ws: `ws://127.0.0.1:${server.port}` },
    get isSubscribed() {
      return capture.ids.every((id) => subscribed.has(id));
    },
    send: (start, end) => {
      for (const message of capture.messages.slice(start, end)) socket?.send(message);
    },
    close: () => server.stop(true),
  };
}

/** What was recorded, and in the exchange's documented form what was not: currencies and (no) futures. */
function answer(capture: PoloniexCapture, path: string): string | null {
  if (path === '/markets') return capture.markets;
  if (path === '/v3/market/allInstruments') return '{"code":"200","msg":"Success","data":[]}';
  if (path !== '/v2/currencies') return null;
  const markets: unknown = JSON.parse(capture.markets);
  const coins = Array.isArray(markets)
    ? markets.flatMap((market) => [
        String(field(market, 'baseCurrencyName')),
        String(field(market, 'quoteCurrencyName')),
      ])
    : [];
  return JSON.stringify([...new Set(coins)].map((coin, index) => toPoloniexCurrency(coin, index)));
}
