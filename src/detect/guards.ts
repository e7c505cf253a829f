/** Guards that fail closed: a quote or a book that cannot be trusted takes no part in detection. */

import type { Book } from '../domain/book.ts';
import type { Market } from '../domain/market.ts';
import type { Quote } from '../domain/quote.ts';

/** Why a market is not used at this moment, in the order in which the guards are asked. */
export const GUARDS = [
  'suspended',
  'no_quote',
  'sequence_gap',
  'one_sided',
  'crossed',
  'locked',
  'stale',
  'from_future',
  'out_of_band',
] as const;

export type Guard = (typeof GUARDS)[number];

export interface AgeLimits {
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
}

export interface GuardLimits extends AgeLimits {
  readonly priceBandBps: number;
}

/** When a quote or a book was true: on the exchange's clock where it says, and when it arrived on ours. */
export interface Times {
  readonly exchangeTimeMs: number | null;
  readonly receivedAtMs: number;
}

/** A market with its newest quote. */
export interface QuotedMarket {
  readonly market: Pick<Market, 'isActive'>;
  readonly quote: Quote | null;
}

/**
 * The first guard that a market fails at `nowMs`, or null.
 *
 * @param medianPrice - of the symbol over the exchanges (`medianPriceOf`), quote units; null: nothing to compare with.
 */
export function judgeMarket(
  { market, quote }: QuotedMarket,
  nowMs: number,
  limits: GuardLimits,
  medianPrice: number | null,
): Guard | null {
  if (!market.isActive) return 'suspended';
  const guard = judgeQuote(quote, nowMs, limits);
  if (guard !== null || quote === null || medianPrice === null) return guard;
  return isOutOfBand(quote, medianPrice, limits.priceBandBps) ? 'out_of_band' : null;
}

/** The first guard of its own that `quote` fails at `nowMs`, or null. */
export function judgeQuote(quote: Quote | null, nowMs: number, limits: AgeLimits): Guard | null {
  if (quote === null) return 'no_quote';
  if (quote.hasGap === true) return 'sequence_gap';
  if (!(isPrice(quote.bid) && isPrice(quote.ask))) return 'one_sided';
  return judgePrices(quote.bid, quote.ask) ?? judgeAge(quote, nowMs, limits);
}

/** The first guard that `book` fails at `nowMs`, or null. */
export function judgeBook(book: Book, nowMs: number, limits: AgeLimits): Guard | null {
  if (book.hasGap === true) return 'sequence_gap';
  const bid = book.bids[0];
  const ask = book.asks[0];
  if (bid === undefined || ask === undefined) return 'one_sided';
  return judgePrices(bid[0], ask[0]) ?? judgeAge(book, nowMs, limits);
}

/**
 * How far apart in time two legs are, milliseconds: by when they arrived, and by the exchanges' own times where both
 * say; the greater of the two.
 */
export function skewMsOf(a: Times, b: Times): number {
  const receivedMs = Math.abs(a.receivedAtMs - b.receivedAtMs);
  if (a.exchangeTimeMs === null || b.exchangeTimeMs === null) return receivedMs;
  return Math.max(receivedMs, Math.abs(a.exchangeTimeMs - b.exchangeTimeMs));
}

/** True when two legs lie further apart than `maxSkewMs` (Infinity: never); what is not a number fails. */
export function isSkewed(a: Times, b: Times, maxSkewMs: number): boolean {
  return !(skewMsOf(a, b) <= maxSkewMs);
}

/** The greater of a quote's ages, by our clock and by the exchange's where it says, milliseconds. */
export function greatestAgeMs({ exchangeTimeMs, receivedAtMs }: Times, nowMs: number): number {
  const ageMs = nowMs - receivedAtMs;
  return exchangeTimeMs === null ? ageMs : Math.max(ageMs, nowMs - exchangeTimeMs);
}

/** The least of a quote's ages, milliseconds; negative when a time lies ahead of ours. */
export function leastAgeMs({ exchangeTimeMs, receivedAtMs }: Times, nowMs: number): number {
  const ageMs = nowMs - receivedAtMs;
  return exchangeTimeMs === null ? ageMs : Math.min(ageMs, nowMs - exchangeTimeMs);
}

/** Of one call of `medianPriceOf`, which is made for each market of each update: a list of its own would be garbage. */
const prices: number[] = [];

/**
 * The middle price of one symbol over its exchanges, of the quotes that fail no guard of their own: the median of
 * (bid + ask) / 2, quote units. Null when no quote is left.
 */
export function medianPriceOf(
  markets: readonly QuotedMarket[],
  nowMs: number,
  limits: AgeLimits,
): number | null {
  prices.length = 0;
  for (const { market, quote } of markets) {
    if (quote === null || !market.isActive || judgeQuote(quote, nowMs, limits) !== null) continue;
    insertSorted(prices, middleOf(quote));
  }
  const upper = prices[Math.floor(prices.length / 2)];
  const lower = prices[Math.floor((prices.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function insertSorted(sorted: number[], value: number): void {
  let place = sorted.length;
  for (; place > 0; place -= 1) {
    const before = sorted[place - 1] ?? value;
    if (before <= value) break;
    sorted[place] = before;
  }
  sorted[place] = value;
}

/** Distance of a quote's middle from `medianPrice`, basis points of it, at least 0. */
export function bandDistanceBps(quote: Quote, medianPrice: number): number {
  return (Math.abs(middleOf(quote) - medianPrice) * 10_000) / medianPrice;
}

function isOutOfBand(quote: Quote, medianPrice: number, priceBandBps: number): boolean {
  return !(bandDistanceBps(quote, medianPrice) <= priceBandBps);
}

function middleOf({ bid, ask }: Quote): number {
  return (bid + ask) / 2;
}

function judgePrices(bid: number, ask: number): Guard | null {
  if (bid > ask) return 'crossed';
  return bid === ask ? 'locked' : null;
}

/**
 * Both clocks must agree that the data is fresh: ours since it arrived, the exchange's since it was made. An exchange
 * clock ahead of ours gives a negative age, which passes only within `maxFutureMs`.
 */
function judgeAge(times: Times, nowMs: number, limits: AgeLimits): Guard | null {
  if (!(greatestAgeMs(times, nowMs) <= limits.maxAgeMs)) return 'stale';
  return leastAgeMs(times, nowMs) >= -limits.maxFutureMs ? null : 'from_future';
}

function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}
