/** What the markets of a pair of assets on one exchange offer in both directions, fees taken out. */

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

/** Units got for the first unit given, fee taken out in whichever asset it is taken; 0 without a quote. */
export function rateOf({ side, record: { quote, market } }: CycleLeg): number {
  if (quote === null) return 0;
  const ratio = toPriceRatio(market, side);
  return side === 'sell' ? toSellRate(quote.bid, ratio) : toBuyRate(quote.ask, ratio);
}

/** When the oldest quote of `records` was made, milliseconds since the epoch; NaN without quotes. */
export function timeOf(records: readonly MarketRecord[]): number {
  const times = records.flatMap(({ quote }) =>
    quote === null ? [] : (quote.exchangeTimeMs ?? quote.receivedAtMs),
  );
  return times.length === 0 ? Number.NaN : Math.min(...times);
}
