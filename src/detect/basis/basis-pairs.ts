/** Which two markets can carry: the same base and quote asset, long one and short the other. */

import { type BasisMarket, instrumentOf } from './basis-market.ts';

/**
 * `perpetual_spot`: funding against spot. `perpetual_perpetual`: the funding of one exchange against that of another.
 * `dated_spot`: a dated contract, held until it is settled, against spot.
 */
export const BASIS_KINDS = ['perpetual_spot', 'perpetual_perpetual', 'dated_spot'] as const;

export type BasisKind = (typeof BASIS_KINDS)[number];

export interface BasisPair {
  readonly kind: BasisKind;
  readonly long: BasisMarket;
  readonly short: BasisMarket;
}

/**
 * Every directed pair, each once, in the order of the markets. Quote assets must be the same: what one is worth in
 * another may change while a position is held.
 */
export function toBasisPairs(markets: readonly BasisMarket[]): readonly BasisPair[] {
  const groups = Map.groupBy(markets, ({ market }) => `${market.base}/${market.quote}`);
  return [...groups.values()].flatMap((group) =>
    group.flatMap((long) =>
      group.flatMap((short) => {
        const kind = kindOf(long, short);
        return kind === null ? [] : [{ kind, long, short }];
      }),
    ),
  );
}

function kindOf(long: BasisMarket, short: BasisMarket): BasisKind | null {
  const instruments = new Set([instrumentOf(long.market), instrumentOf(short.market)]);
  if (instruments.size === 2 && instruments.has('spot')) {
    return instruments.has('dated') ? 'dated_spot' : 'perpetual_spot';
  }
  const isPerpetual = instruments.size === 1 && instruments.has('perpetual');
  return isPerpetual && long.market.exchange !== short.market.exchange
    ? 'perpetual_perpetual'
    : null;
}
