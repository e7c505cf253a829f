/** Spreads between every two exchanges of one symbol, from best prices alone. */

import { type LegSide, toPriceRatio } from '../detect/costs/leg-fee.ts';
import type { MarketSnapshot } from '../pipeline/ports.ts';

/** Best prices of one exchange, before and after fees; null where detection would not use that side. */
export interface Side {
  readonly exchange: string;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Quote units paid and received for one base unit that changes exchanges. */
  readonly netAsk: number | null;
  readonly netBid: number | null;
}

export interface Spread {
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** Bid over ask, less one. */
  readonly grossBps: number;
  /** Proceeds over cost, less one, after both fees. */
  readonly netBps: number;
}

/** @param fees - `own`: as the market takes them; `none`: before fees. */
export function toSide({ market, quote, guard }: MarketSnapshot, fees: 'own' | 'none'): Side {
  const usable = guard === null ? quote : null;
  const ratioOf = (side: LegSide) => (fees === 'none' ? 0 : toPriceRatio(market, side));
  const bid = usable !== null && usable.bid > 0 ? usable.bid : null;
  const ask = usable !== null && usable.ask > 0 ? usable.ask : null;
  return {
    exchange: market.exchange,
    bid,
    ask,
    netAsk: ask === null ? null : ask * (1 + ratioOf('buy')),
    netBid: bid === null ? null : bid * (1 - ratioOf('sell')),
  };
}

/** Buying at `buy`'s ask and selling at `sell`'s bid; null when a side is missing or both are one exchange. */
export function toSpread(buy: Side, sell: Side): Spread | null {
  const { netAsk: cost } = buy;
  const { netBid: proceeds } = sell;
  if (buy.exchange === sell.exchange || cost === null || proceeds === null) return null;
  return {
    buyExchange: buy.exchange,
    sellExchange: sell.exchange,
    grossBps: toBps((sell.bid ?? 0) / (buy.ask ?? Infinity) - 1),
    netBps: toBps(proceeds / cost - 1),
  };
}

/** The spread of greatest `netBps`; null when there is none. */
export function findWidest(sides: readonly Side[]): Spread | null {
  // The best pair of different exchanges is among the two cheapest to buy on and the two dearest to sell on.
  const buys = findTwoLeast(sides, ({ netAsk }) => netAsk ?? Infinity);
  const sells = findTwoLeast(sides, ({ netBid }) => -(netBid ?? -Infinity));
  const spreads = buys.flatMap((buy) => sells.flatMap((sell) => toSpread(buy, sell) ?? []));
  return spreads.reduce<Spread | null>(
    (widest, spread) => (widest === null || spread.netBps > widest.netBps ? spread : widest),
    null,
  );
}

function findTwoLeast(sides: readonly Side[], keyOf: (side: Side) => number): readonly Side[] {
  let first: Side | undefined;
  let second: Side | undefined;
  for (const side of sides) {
    if (first === undefined || keyOf(side) < keyOf(first)) [first, second] = [side, first];
    else if (second === undefined || keyOf(side) < keyOf(second)) second = side;
  }
  return [first, second].filter((side) => side !== undefined);
}

/** To a thousandth of a basis point: beyond that, f64 prices say nothing. */
function toBps(ratio: number): number {
  return Math.round(ratio * 10_000_000) / 1_000;
}
