/** The common price of each asset: a random walk that is drawn back to where it began, moved on only when looked at. */

import { type Asset, USDT } from './catalog.ts';
import { createRandom, type Random } from './random.ts';

export interface Prices {
  /** Price of `base` in `quote` at `timeMs` since the start. Times never go back. */
  priceOf(base: Asset, quote: Asset, timeMs: number): number;
}

/**
 * Deviation of the price over one second, as a ratio: 0.00012 a square root of a second is about 67 % a year, which is
 * usual for these assets.
 */
const DEVIATION_PER_ROOT_SECOND = 0.00012;

/** Time in which most of a distance from the beginning is made up, milliseconds. */
const RETURN_MS = 6 * 3_600_000;

const PRICE_STREAM = 4;

interface Walk {
  readonly random: Random;
  price: number;
  timeMs: number;
}

export function createPrices(seed: number): Prices {
  const walks = new Map<string, Walk>();

  const usdPriceOf = (asset: Asset, timeMs: number): number => {
    if (asset === USDT) return 1;
    const walk = walks.get(asset.name) ?? beginWalk(seed, walks.size, asset);
    walks.set(asset.name, walk);
    const elapsedMs = timeMs - walk.timeMs;
    if (elapsedMs <= 0) return walk.price;
    const change = walk.random.bell() * DEVIATION_PER_ROOT_SECOND * Math.sqrt(elapsedMs / 1000);
    const pull = (asset.priceInUsd / walk.price - 1) * (elapsedMs / (elapsedMs + RETURN_MS));
    walk.price *= 1 + change + pull;
    walk.timeMs = timeMs;
    return walk.price;
  };

  return {
    priceOf: (base, quote, timeMs) => usdPriceOf(base, timeMs) / usdPriceOf(quote, timeMs),
  };
}

function beginWalk(seed: number, index: number, asset: Asset): Walk {
  return { random: createRandom(seed, PRICE_STREAM, index), price: asset.priceInUsd, timeMs: 0 };
}
