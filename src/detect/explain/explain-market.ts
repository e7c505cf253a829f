/** Why one market takes no part, with the figures behind it. */

import type { Book } from '../../domain/book.ts';
import type { Quote } from '../../domain/quote.ts';
import { bandDistanceBps, type Guard, greatestAgeMs, leastAgeMs, type Times } from '../guards.ts';
import { toQuote } from '../market-state.ts';
import type { DetectionSettings } from '../settings.ts';
import type { MarketReason } from './reasons.ts';

export interface MarketFacts {
  readonly exchange: string;
  readonly quote: Quote | null;
  readonly guard: Guard;
  readonly medianPrice: number | null;
  /** Code of the fault that keeps the exchange down; null when it is not down. */
  readonly faultCode: string | null;
  readonly nowMs: number;
}

/** The guard that failed as a reason. */
export function toMarketReason(facts: MarketFacts, settings: DetectionSettings): MarketReason {
  const { exchange, quote, guard, faultCode, medianPrice, nowMs } = facts;
  if (guard === 'suspended') return { code: 'market_suspended', exchange };
  if (quote === null) {
    if (faultCode === null) return { code: 'no_quote', exchange };
    return { code: 'exchange_down', exchange, faultCode };
  }
  if (guard === 'sequence_gap') return toGapReason(quote, nowMs);
  if (guard === 'out_of_band') {
    const distanceBps = bandDistanceBps(quote, medianPrice ?? Number.NaN);
    const { priceBandBps } = settings;
    return { code: 'price_out_of_band', exchange, distanceBps, priceBandBps };
  }
  return toPriceReason(exchange, quote, guard) ?? toAgeReason(exchange, quote, nowMs, settings);
}

/** As `toMarketReason`, for a book that failed a guard when a pair was confirmed. */
export function toBookReason(
  book: Book,
  guard: Guard,
  nowMs: number,
  settings: DetectionSettings,
): MarketReason {
  const { exchange } = book;
  if (guard === 'sequence_gap') return toGapReason(book, nowMs);
  return (
    toPriceReason(exchange, toQuote(book), guard) ?? toAgeReason(exchange, book, nowMs, settings)
  );
}

/** A gap is as old as the notice of it. */
function toGapReason(
  { exchange, receivedAtMs }: Pick<Quote, 'exchange' | 'receivedAtMs'>,
  nowMs: number,
): MarketReason {
  return { code: 'sequence_gap', exchange, sinceMs: nowMs - receivedAtMs };
}

function toPriceReason(
  exchange: string,
  { bid, ask }: Pick<Quote, 'bid' | 'ask'>,
  guard: Guard,
): MarketReason | null {
  if (guard === 'locked') return { code: 'book_locked', exchange };
  if (guard === 'crossed') {
    return { code: 'book_crossed', exchange, overlapBps: (bid / ask - 1) * 10_000 };
  }
  if (guard !== 'one_sided') return null;
  const hasBid = bid > 0 && bid < Number.POSITIVE_INFINITY;
  const hasAsk = ask > 0 && ask < Number.POSITIVE_INFINITY;
  const missing = hasBid ? 'ask' : hasAsk ? 'bid' : 'both';
  return { code: 'book_one_sided', exchange, missing };
}

function toAgeReason(
  exchange: string,
  times: Times,
  nowMs: number,
  { maxAgeMs, maxFutureMs }: DetectionSettings,
): MarketReason {
  const ageMs = greatestAgeMs(times, nowMs);
  if (!(ageMs <= maxAgeMs)) return { code: 'quote_stale', exchange, ageMs, maxAgeMs };
  const aheadMs = -leastAgeMs(times, nowMs);
  return { code: 'quote_from_future', exchange, aheadMs, maxFutureMs };
}
