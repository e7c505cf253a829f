/** Guards that fail closed: a quote or a book that cannot be trusted takes no part in detection. */

import type { Book } from '../domain/book.ts';
import type { Quote } from '../domain/quote.ts';

/** Why a market is not used at this moment. */
export type Guard = 'no_quote' | 'stale' | 'from_future' | 'crossed' | 'one_sided';

export interface AgeLimits {
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
}

/** When a quote or a book was true: on the exchange's clock where it says, and when it arrived on ours. */
export interface Times {
  readonly exchangeTimeMs: number | null;
  readonly receivedAtMs: number;
}

/** The first guard that `quote` fails at `nowMs`, or null. A locked market (bid = ask) counts as crossed. */
export function judgeQuote(quote: Quote | null, nowMs: number, limits: AgeLimits): Guard | null {
  if (quote === null) return 'no_quote';
  if (!(isPrice(quote.bid) && isPrice(quote.ask))) return 'one_sided';
  if (quote.bid >= quote.ask) return 'crossed';
  return judgeAge(quote, nowMs, limits);
}

/** The first guard that `book` fails at `nowMs`, or null. */
export function judgeBook(book: Book, nowMs: number, limits: AgeLimits): Guard | null {
  const bid = book.bids[0];
  const ask = book.asks[0];
  if (bid === undefined || ask === undefined) return 'one_sided';
  if (bid[0] >= ask[0]) return 'crossed';
  return judgeAge(book, nowMs, limits);
}

/**
 * Both clocks must agree that the data is fresh: ours since it arrived, the exchange's since it was made. An exchange
 * clock ahead of ours gives a negative age, which passes only within `maxFutureMs`.
 */
function judgeAge(times: Times, nowMs: number, limits: AgeLimits): Guard | null {
  const ages = [nowMs - times.receivedAtMs];
  if (times.exchangeTimeMs !== null) ages.push(nowMs - times.exchangeTimeMs);
  if (ages.some((ageMs) => !(ageMs <= limits.maxAgeMs))) return 'stale';
  if (ages.some((ageMs) => !(ageMs >= -limits.maxFutureMs))) return 'from_future';
  return null;
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

function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}
