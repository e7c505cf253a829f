/** Three local exchanges whose prices part and meet again, read by ccxt and pushed to a service. */

import { systemClock } from '../../../src/domain/clock.ts';
import type { FeedBatch } from '../../../src/feed/feed.ts';
import { createIngestClient } from '../../../src/feed/ingest-client.ts';
import { startHarness } from '../../feed/ccxt/harness.ts';

export interface MarketMaker {
  /** Pushes to another address from now on: the service was started anew. */
  setUrl(url: string): void;
  /** Parts one symbol's prices for so long, once. */
  dislocate(symbol: string, durationMs: number): Promise<void>;
  /** Dislocations one after the other, until `calm`. */
  begin(): void;
  /** No more dislocations; prices stay equal. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'ADA/USDT', 'ETH/BTC'];
/** How long prices are apart, and how long they are not, milliseconds. */
const APART_MS = 350;
const TOGETHER_MS = 150;
const TAKER_BPS = 5;
/** The exchanges' least order is 5 quote units, also where one is worth a bitcoin: a leg in ETH/BTC needs more than 5. */
const SIZE = 8;

/** Bitcoin and Ether are worth the same here, so that a round through both earns nothing while prices are equal. */
function priceOf(symbol: string): number {
  return symbol === 'ETH/BTC' ? 1 : 100;
}

export async function startMarketMaker(url: string, token: string): Promise<MarketMaker> {
  const harness = startHarness({
    server: { symbols: SYMBOLS, priceDigits: 4, republishIntervalMs: 200 },
    feed: { takerBpsOverride: TAKER_BPS, stallTimeoutMs: 5_000 },
  });
  const servers = Object.values(harness.servers);
  const setOne = (server: (typeof servers)[number] | undefined, symbol: string, price: number) => {
    server?.setBook(symbol, [[price * 0.9995, SIZE]], [[price * 1.0005, SIZE]]);
  };
  const setAll = (symbol: string) => {
    for (const server of servers) setOne(server, symbol, priceOf(symbol));
  };
  for (const symbol of SYMBOLS) setAll(symbol);
  const stop = new AbortController();
  let isCalm = false;
  let target = url;
  const dislocate = async (symbol: string, durationMs: number, turn = 0) => {
    setOne(servers[turn % servers.length], symbol, 1.01 * priceOf(symbol));
    await Bun.sleep(durationMs);
    setAll(symbol);
  };
  const trade = async () => {
    for (let turn = 0; !stop.signal.aborted && !isCalm; turn += 1) {
      const symbol = SYMBOLS[turn % SYMBOLS.length] ?? '';
      await dislocate(symbol, APART_MS, turn);
      await Bun.sleep(TOGETHER_MS);
    }
  };
  const client = createIngestClient({
    url,
    token,
    feeder: `test-${crypto.randomUUID()}`,
    source: 'live',
    clock: systemClock,
    random: Math.random,
    // The client's service is at another port after each start.
    fetch: (_, init) => fetch(new URL('/api/ingest', target), init),
  });
  const pump = async () => {
    const { markets } = await harness.feed.loadMarkets(stop.signal);
    await client.push({ markets }, stop.signal);
    for await (const batch of harness.feed.batches(stop.signal)) await push(batch);
  };
  const push = ({ quotes, books }: FeedBatch) => client.push({ quotes, books }, stop.signal);
  const running = pump().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  let trading: Promise<void> = Promise.resolve();
  return {
    setUrl: (next) => {
      target = next;
    },
    dislocate,
    begin: () => {
      trading = trade();
    },
    calm: async () => {
      isCalm = true;
      await trading;
    },
    stop: async () => {
      stop.abort();
      await Promise.all([running, trading]);
      await harness.close();
    },
  };
}
