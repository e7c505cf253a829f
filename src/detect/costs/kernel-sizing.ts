/** Up to which levels two books earn: asked of the kernel, in f64. */

import type { Level } from '../../domain/book.ts';
import { bpsToRatio, type Decimal, subtract, toDecimal, toNumber } from '../../domain/money.ts';
import type { MarketKernel, PairSizing } from '../../kernel/kernel.ts';
import type { DetectionSettings } from '../settings.ts';
import { toPriceRatio } from './leg-fee.ts';
import type { PairTerms } from './pair-terms.ts';

const ONE = toDecimal(1);
const BUY_SLOT = 0;
const SELL_SLOT = 1;

export interface KernelSizing extends PairSizing {
  /** False when no size earns its fixed costs and the threshold, whatever lots and limits make of it. */
  readonly canEarn: boolean;
}

/** Far more than f64 loses on the way, as a share of the cost. */
const ROUNDING_RATIO = 1e-9;

/**
 * The threshold θ is asked of every unit by lowering what the proceeds are worth: bid(1 − f) / (1 + θ) > ask(1 + f),
 * which leaves the cap on the cost as it is. A fee taken in base units changes the size of each level and its price.
 */
export function sizeInKernel(
  kernel: MarketKernel,
  terms: PairTerms,
  minEdgeBps: number,
  settings: DetectionSettings,
): KernelSizing | null {
  const { buy, sell, givenRatio, carriage } = terms;
  const { bookLevelsCount } = kernel.capacity;
  const { asks, skippedCount, arrivingRatio } = asksThatArrive(terms, bookLevelsCount);
  const bids = scaleSizes(sell.book.bids.slice(0, bookLevelsCount), givenRatio);
  if (kernel.loadBook(BUY_SLOT, [], asks) !== 'loaded') return null;
  if (kernel.loadBook(SELL_SLOT, bids, []) !== 'loaded') return null;
  const thresholdFactor = 1 + minEdgeBps / 10_000;
  const costs = kernel.costPair({
    askSlot: BUY_SLOT,
    bidSlot: SELL_SLOT,
    buyTakerRatio: (1 + toPriceRatio(buy.market, 'buy')) / arrivingRatio - 1,
    sellTakerRatio: toPriceRatio(sell.market, 'sell'),
    maxSizeInBase: settings.maxSizeInBase * toNumber(givenRatio),
    maxCostInQuote: settings.maxNotionalInQuote,
    conversionRate: 1 / thresholdFactor,
    riskRatio: carriage === null ? 0 : toNumber(carriage.riskRatio),
    fixedCostInQuote: (settings.fixedCostInQuote ?? 0) / thresholdFactor,
  });
  return {
    ...costs,
    askLevelsCount: costs.askLevelsCount + skippedCount,
    canEarn: costs.netInQuote >= -costs.costInQuote * ROUNDING_RATIO,
  };
}

/**
 * The asks in units that arrive where they are sold. A network's fixed fee is the same for every size: its units are
 * bought first, at the best prices, and a further unit earns what is left of the book beyond them.
 */
function asksThatArrive({ buy, receivedRatio, carriage }: PairTerms, levelsCount: number) {
  const asks = scaleSizes(buy.book.asks.slice(0, levelsCount), receivedRatio);
  if (carriage === null) return { asks, skippedCount: 0, arrivingRatio: 1 };
  const { feeInAsset, feeBps } = carriage.hop;
  const arriving = subtract(ONE, bpsToRatio(feeBps));
  const fee = toNumber(toDecimal(feeInAsset));
  return { ...skipSize(scaleSizes(asks, arriving), fee), arrivingRatio: toNumber(arriving) };
}

/** What is left of the levels when `size` of them has been taken. */
function skipSize(levels: readonly Level[], size: number) {
  let left = size;
  for (const [index, [price, levelSize]] of levels.entries()) {
    if (left < levelSize) {
      const rest = levels.slice(index + 1);
      return { asks: [[price, levelSize - left] as Level, ...rest], skippedCount: index };
    }
    left -= levelSize;
  }
  return { asks: [], skippedCount: levels.length };
}

function scaleSizes(levels: readonly Level[], ratio: Decimal): readonly Level[] {
  const factor = toNumber(ratio);
  return factor === 1 ? levels : levels.map(([price, size]): Level => [price, size * factor]);
}
