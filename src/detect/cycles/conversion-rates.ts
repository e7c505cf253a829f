/** What the markets of a pair of assets on one exchange offer in both directions, fees taken out. */

import type { Market } from '../../domain/market.ts';
import type { Quote } from '../../domain/quote.ts';
import { toBuyRate, toSellRate } from '../../kernel/cycles/rates.ts';
import { toPriceRatio } from '../costs/leg-fee.ts';
import type { MarketRecord } from '../market-state.ts';
import type { CycleLeg } from './cycle.ts';

/** The best offer of one conversion; the leg is null and the rate 0 when there is none. */
export interface Offer {
  readonly leg: CycleLeg | null;
  readonly rate: number;
}

/** The best of `records` for giving `from`. */
export function bestOffer(records: readonly MarketRecord[], from: string): Offer {
  let best: Offer = { leg: null, rate: 0 };
  for (const record of records) {
    const leg: CycleLeg = { side: record.market.base === from ? 'sell' : 'buy', record };
    const rate = rateOf(leg);
    if (rate > best.rate) best = { leg, rate };
  }
  return best;
}

/** The rate of `bestOffer`, without an object: it is asked for with every update. */
export function bestRate(records: readonly MarketRecord[], from: string): number {
  let best = 0;
  for (const { quote, market } of records) {
    if (quote !== null)
      best = Math.max(best, rateAt(quote, market, market.base === from ? 'sell' : 'buy'));
  }
  return best;
}

/** Units got for the first unit given, fee taken out in whichever asset it is taken; 0 without a quote. */
export function rateOf({ side, record: { quote, market } }: CycleLeg): number {
  return quote === null ? 0 : rateAt(quote, market, side);
}

function rateAt({ bid, ask }: Quote, market: Market, side: CycleLeg['side']): number {
  const ratio = toPriceRatio(market, side);
  return side === 'sell' ? toSellRate(bid, ratio) : toBuyRate(ask, ratio);
}

/** When the oldest quote of `records` was made, milliseconds since the epoch; NaN without quotes. */
export function timeOf(records: readonly MarketRecord[]): number {
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const { quote } of records) {
    if (quote !== null) oldestMs = Math.min(oldestMs, quote.exchangeTimeMs ?? quote.receivedAtMs);
  }
  return oldestMs === Number.POSITIVE_INFINITY ? Number.NaN : oldestMs;
}
