/**
 * The bound that spares most pairs the exact computation: what the best prices would give, f64. Depth only makes it
 * worse, so a pair that earns nothing here earns nothing at any size.
 */

import { toPriceRatio } from '../costs/leg-fee.ts';
import { type BasisMarket, instrumentOf, middleOf } from './basis-market.ts';
import type { BasisPair } from './basis-pairs.ts';
import { DAY_MS, DAYS_PER_YEAR, HOUR_MS } from './settings.ts';

export interface ScreenedBasis {
  /** Gross over the long leg's best ask, a year; above zero when the position carries at all. */
  readonly annualisedGrossRatio: number;
  /** The same less entry and exit cost at best prices, over the time held, basis points of the long leg. */
  readonly profitBps: number;
  /** Null when nothing is earned. */
  readonly breakEvenDays: number | null;
}

/** @param heldMs - how long the position is held, milliseconds. */
export function screenBasis(pair: BasisPair, heldMs: number): ScreenedBasis {
  const { long, short } = pair;
  const [longAsk, longBid] = bestOf(long);
  const [shortAsk, shortBid] = bestOf(short);
  const spot = middleOf(instrumentOf(long.market) === 'spot' ? long : short);
  const capital = longAsk * (1 + toPriceRatio(long.market, 'buy'));
  const entry = shortBid * (1 - toPriceRatio(short.market, 'sell')) - capital;
  const longOut = closingOf(long, spot, longBid, 'sell');
  const exit = longOut - closingOf(short, spot, shortAsk, 'buy');
  const isDated = instrumentOf(long.market) === 'dated' || instrumentOf(short.market) === 'dated';
  const won = isDated ? middleOf(short) - middleOf(long) : 0;
  const received = fundingPerMs(short, shortBid) - fundingPerMs(long, longAsk);
  const gross = received * heldMs + won;
  const profit = isDated ? entry + exit : gross + entry + exit;
  const daysHeld = heldMs / DAY_MS;
  return {
    annualisedGrossRatio: ((gross / capital) * DAYS_PER_YEAR) / daysHeld,
    profitBps: (profit / capital) * 10_000,
    breakEvenDays: gross > 0 ? ((gross - profit) / gross) * daysHeld : null,
  };
}

/** What one base unit brings or costs on the way out. */
function closingOf({ market }: BasisMarket, spot: number, best: number, side: 'buy' | 'sell') {
  const sign = side === 'buy' ? 1 : -1;
  if (instrumentOf(market) === 'dated') return spot * (1 + (sign * market.takerBps) / 10_000);
  return best * (1 + sign * toPriceRatio(market, side));
}

/** What longs pay to shorts per base unit and millisecond; see `legFunding` for what a position is worth. */
function fundingPerMs(leg: BasisMarket, entryPrice: number): number {
  const { market, funding } = leg;
  if (market.contract?.kind !== 'perpetual' || funding === null) return 0;
  const { rateRatio, intervalMs, markPriceInQuote } = funding;
  const mark = markPriceInQuote !== null && markPriceInQuote > 0 ? markPriceInQuote : middleOf(leg);
  const price = market.contract.settlement === 'linear' ? mark : entryPrice;
  return (price * rateRatio) / (intervalMs ?? HOUR_MS);
}

function bestOf({ bids, asks }: BasisMarket): readonly [ask: number, bid: number] {
  return [asks[0]?.[0] ?? Number.NaN, bids[0]?.[0] ?? Number.NaN];
}
