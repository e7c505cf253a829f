/** Market snapshots as the API shows them: decimals as strings, null where a side or a size is missing. */

import { toDecimalString } from '../domain/money.ts';
import type { Quote } from '../domain/quote.ts';
import type { MarketSnapshot, MarketView } from '../pipeline/ports.ts';
import { HttpProblem } from './problem.ts';

/** Null for what an exchange left out: NaN, infinite, or a price of 0. */
export function toDecimalOrNull(value: number): string | null {
  return Number.isFinite(value) ? toDecimalString(value) : null;
}

function toPriceOrNull(price: number): string | null {
  return price > 0 ? toDecimalOrNull(price) : null;
}

/** @param atMs - the moment of the answer, milliseconds since the epoch. */
export function toQuoteJson(quote: Quote, atMs: number) {
  return {
    bid: toPriceOrNull(quote.bid),
    bidSizeInBase: toDecimalOrNull(quote.bidSize),
    ask: toPriceOrNull(quote.ask),
    askSizeInBase: toDecimalOrNull(quote.askSize),
    exchangeTimeMs: quote.exchangeTimeMs,
    receivedAtMs: quote.receivedAtMs,
    ageMs: atMs - quote.receivedAtMs,
  };
}

/** @param takerBps - overrides the market's own taker fee when not null, as detection does. */
export function toTickerJson(snapshot: MarketSnapshot, takerBps: number | null, atMs: number) {
  return {
    exchange: snapshot.market.exchange,
    takerBps: takerBps ?? snapshot.market.takerBps,
    guard: snapshot.guard,
    quote: snapshot.quote === null ? null : toQuoteJson(snapshot.quote, atMs),
  };
}

/** All exchanges of one symbol. @throws {HttpProblem} `symbol_unknown`. */
export function snapshotsOf(market: MarketView, symbol: string): readonly MarketSnapshot[] {
  const snapshots = market.snapshots(symbol);
  if (snapshots.length > 0) return snapshots;
  throw new HttpProblem(
    'symbol_unknown',
    'No exchange is watched for it; /api/status counts those that are.',
  );
}

/** Highest usable bid and lowest usable ask, before fees; the first exchange wins a tie. */
export function findBest(snapshots: readonly MarketSnapshot[]) {
  const quotes = snapshots.flatMap(({ guard, quote }) =>
    guard === null && quote !== null ? [quote] : [],
  );
  const bid = quotes.reduce<Quote | null>(
    (best, quote) => (quote.bid > (best?.bid ?? 0) ? quote : best),
    null,
  );
  const ask = quotes.reduce<Quote | null>(
    (best, quote) => (quote.ask > 0 && quote.ask < (best?.ask ?? Infinity) ? quote : best),
    null,
  );
  return {
    bid: bid === null ? null : { exchange: bid.exchange, price: toDecimalString(bid.bid) },
    ask: ask === null ? null : { exchange: ask.exchange, price: toDecimalString(ask.ask) },
  };
}
