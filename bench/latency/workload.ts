/** The stream of book messages: who trades what, what a message says, and when it comes. */

import type { Market } from '../../src/domain/market.ts';

export const EXCHANGES_COUNT = 8;
export const MESSAGES_PER_MS = 20;
export const LEVELS_COUNT = 5;
export const TAKER_BPS = 10;
/** One message in this many opens a spread, and one closes the spread opened two and a half times as many before. */
const SPREAD_EVERY_COUNT = 100;
const OPEN_ROUNDS_COUNT = 2;
/** Enough for pairs and for cycles of three legs to earn more than their fees, and too little for four legs. */
const RAISED_RATIO = 1.005;
const COINS_COUNT = 98;
const COIN_PRICE = 100;
/** Quote assets with their price in USDT, and how many coins trade in them. */
const QUOTES = [
  { asset: 'USDT', price: 1, coinsCount: COINS_COUNT },
  { asset: 'BTC', price: 50_000, coinsCount: 60 },
  { asset: 'ETH', price: 2_500, coinsCount: 40 },
] as const;

export interface LatencySymbol {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly price: number;
}

/** 200 symbols over which cycles of three legs and more exist. */
export const SYMBOLS: readonly LatencySymbol[] = [
  ...QUOTES.flatMap(({ asset, price, coinsCount }) =>
    Array.from({ length: coinsCount }, (_, coin) =>
      toSymbol(`COIN${coin}`, asset, COIN_PRICE / price),
    ),
  ),
  toSymbol('BTC', 'USDT', 50_000),
  toSymbol('ETH', 'USDT', 2_500),
];

export const exchangeOf = (index: number): string => `exchange${index}`;

function toSymbol(base: string, quote: string, price: number): LatencySymbol {
  return { symbol: `${base}/${quote}`, base, quote, price };
}

export function createMarkets(): readonly Market[] {
  return SYMBOLS.flatMap(({ symbol, base, quote }) =>
    Array.from(
      { length: EXCHANGES_COUNT },
      (_, index): Market => ({
        ...{ exchange: exchangeOf(index), symbol, base, quote },
        takerBps: TAKER_BPS,
        makerBps: TAKER_BPS,
        priceStep: null,
        sizeStep: null,
        minSizeInBase: null,
        maxSizeInBase: null,
        minCostInQuote: null,
        isActive: true,
      }),
    ),
  );
}

/** What the text of a message says. */
export interface BookMessage {
  readonly symbol: string;
  readonly exchange: string;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

const texts = new Map<string, string>();

/** The text of a message, made once: what the sender allocates is not the engine's. */
function messageOf(symbol: LatencySymbol, exchangeIndex: number, isRaised: boolean): string {
  const key = `${symbol.symbol} ${exchangeIndex} ${isRaised}`;
  const text = texts.get(key) ?? createMessage(symbol, exchangeIndex, isRaised);
  texts.set(key, text);
  return text;
}

/** A raised one can be sold into above every other ask. */
function createMessage(
  { symbol, price }: LatencySymbol,
  exchangeIndex: number,
  isRaised: boolean,
): string {
  const middle = isRaised ? price * RAISED_RATIO : price;
  const side = (direction: number) =>
    Array.from({ length: LEVELS_COUNT }, (_, level) => {
      const distance = 5e-4 + level * 1e-4 + exchangeIndex * 1e-5;
      return [Number((middle * (1 + direction * distance)).toPrecision(9)), 1 + level];
    });
  const message = { symbol, exchange: exchangeOf(exchangeIndex), bids: side(-1), asks: side(1) };
  return JSON.stringify(message);
}

/** Takes a message that was received just now. */
export type Deliver = (text: string) => void;

/** Every market once, without a spread: where each round begins. */
export function sendAll(deliver: Deliver): void {
  for (const symbol of SYMBOLS) {
    for (let exchange = 0; exchange < EXCHANGES_COUNT; exchange += 1) {
      deliver(messageOf(symbol, exchange, false));
    }
  }
}

/**
 * Sends messages at the rate, those that are late at once: what comes within a turn of the event loop comes in a burst,
 * as it does from a socket. Messages are made before the clock of their latency begins.
 */
export async function send(
  deliver: Deliver,
  durationMs: number,
  onSpread: (symbol: string, receivedMs: number) => void,
): Promise<number> {
  const startMs = performance.now();
  for (let count = 0; ; ) {
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= durationMs) return count;
    const due = Math.floor(elapsedMs * MESSAGES_PER_MS);
    const burst = Array.from({ length: due - count }, (_, index) => toPlanned(count + index));
    for (const { text, opensSymbol } of burst) {
      if (opensSymbol !== null) onSpread(opensSymbol, performance.now());
      deliver(text);
    }
    count = due;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** The message at a place in the stream, and the symbol whose spread it opens. */
function toPlanned(count: number): { readonly text: string; readonly opensSymbol: string | null } {
  const round = Math.floor(count / SPREAD_EVERY_COUNT);
  const place = count % SPREAD_EVERY_COUNT;
  if (place === 0) {
    const symbol = symbolAt(round % COINS_COUNT);
    return { text: messageOf(symbol, 0, true), opensSymbol: symbol.symbol };
  }
  if (place === SPREAD_EVERY_COUNT / 2 && round >= OPEN_ROUNDS_COUNT) {
    const symbol = symbolAt((round - OPEN_ROUNDS_COUNT) % COINS_COUNT);
    return { text: messageOf(symbol, 0, false), opensSymbol: null };
  }
  const exchangeIndex = 1 + (count % (EXCHANGES_COUNT - 1));
  const symbol = symbolAt((count * 7) % SYMBOLS.length);
  return { text: messageOf(symbol, exchangeIndex, false), opensSymbol: null };
}

function symbolAt(index: number): LatencySymbol {
  const symbol = SYMBOLS[index];
  if (symbol === undefined) throw new Error('BUG: a place in the stream has no symbol');
  return symbol;
}
