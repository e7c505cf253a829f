/**
 * The cost waterfall of a cycle, in its start asset. What a leg loses is lost in the asset that it gets, and is valued in
 * the start asset at the best prices of the legs that follow; so the losses of all legs add up to the distance between
 * the gross profit of the amount at best prices and what is left.
 */

import {
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  negate,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
  ZERO,
} from '../../domain/money.ts';
import type { CostWaterfall, WaterfallStep, WaterfallStepCode } from '../../domain/waterfall.ts';
import { takerBpsFor } from '../costs/break-even-taker.ts';
import { toBps } from '../costs/pair-waterfall.ts';
import { type CycleOrders, leftOverOf, networkFeeOf, sumOf } from './cycle-orders.ts';
import { type CycleSide, levelsOf } from './cycle-side.ts';
import type { CycleWalk } from './cycle-walk.ts';
import type { LegFill } from './leg-fill.ts';

const ONE = toDecimal(1);
/** Places of a value in the start asset; of the unit values that it is made of, more. */
const VALUE_SCALE = 18;
const UNIT_VALUE_SCALE = 36;

/** Steps in units of the start asset and basis points of the cost; they add up to the profit exactly. */
export function toCycleWaterfall(
  sides: readonly CycleSide[],
  orders: CycleOrders,
  walk: CycleWalk,
): CostWaterfall {
  const { fills, cost, fixedCost, risk } = orders;
  const net = compare(orders.profit, ZERO) > 0 ? orders.profit : ZERO;
  const losses = lossesOf(sides, fills);
  const lots = sumOf(
    fills.map((_, leg) => toValue(leftOverOf(sides, fills, leg), unitValue(sides, leg + 1))),
  );
  const ways = fills.map((_, leg) =>
    toValue(networkFeeOf(sides, fills, leg), unitValue(sides, leg)),
  );
  const traded = losses.flatMap(({ depth, fee }) => [depth, fee]);
  const gross = sumOf([net, fixedCost, risk, lots, ...ways, ...traded]);
  const step = (code: WaterfallStepCode, amount: Decimal, side?: CycleSide): WaterfallStep => ({
    code,
    exchange: side?.market.exchange ?? null,
    ...(side === undefined ? {} : { symbol: side.market.symbol }),
    amountInQuote: toDecimalString(amount),
    bps: toBps(amount, cost),
  });
  return {
    steps: [
      step('gross', gross),
      ...losses.map(({ depth, side }) => step('depth', negate(depth), side)),
      ...losses.map(({ fee, side }) => step('trading_fee', negate(fee), side)),
      ...sides.flatMap((side, leg) =>
        side.incoming ? [step('network_fee', negate(ways[leg] ?? ZERO), side)] : [],
      ),
      ...(sides.some(({ incoming }) => incoming) ? [step('transfer_risk', negate(risk))] : []),
      step('lots', negate(lots)),
      step('fixed', negate(fixedCost)),
      step('net', net),
    ],
    breakEvenTakerBps: breakEvenTakerBps(sides, orders),
    breakEvenSizeInBase: breakEvenStart(walk, fixedCost, keptRatioOf(orders)),
  };
}

/** What the price risk leaves of the proceeds. */
function keptRatioOf({ proceeds, risk }: CycleOrders): number {
  return 1 - toNumber(risk) / toNumber(proceeds);
}

interface LegLoss {
  readonly side: CycleSide;
  /** In units of the start asset. */
  readonly depth: Decimal;
  readonly fee: Decimal;
}

function lossesOf(sides: readonly CycleSide[], fills: readonly LegFill[]): readonly LegLoss[] {
  return sides.flatMap((side, leg) => {
    const fill = fills[leg];
    if (fill === undefined) return [];
    const unit = unitValue(sides, leg + 1);
    const best = bestPriceOf(side);
    const ideal = multiply(fill.sizeInBase, best);
    const isBuy = side.side === 'buy';
    // Of a bought leg both are quote units, which its best price turns into base units.
    const depth = isBuy ? subtract(fill.amountInQuote, ideal) : subtract(ideal, fill.amountInQuote);
    const paid = isBuy ? divide(unit, best, UNIT_VALUE_SCALE) : unit;
    return [{ side, depth: toValue(depth, paid), fee: toValue(feeAtBest(side, fill, best), paid) }];
  });
}

/** The fee in quote units; what is taken in base units is valued at the best price. */
function feeAtBest({ side }: CycleSide, fill: LegFill, best: Decimal): Decimal {
  const { sizeInBase, amountInQuote, input, output } = fill;
  return side === 'buy'
    ? add(subtract(input, amountInQuote), multiply(subtract(sizeInBase, output), best))
    : add(subtract(amountInQuote, output), multiply(subtract(input, sizeInBase), best));
}

/** Units of the start asset that one unit of what leg `from` gives becomes at the best prices; 1 after the last leg. */
function unitValue(sides: readonly CycleSide[], from: number): Decimal {
  let sold = ONE;
  let bought = ONE;
  for (const side of sides.slice(from)) {
    if (side.side === 'sell') sold = multiply(sold, bestPriceOf(side));
    else bought = multiply(bought, bestPriceOf(side));
  }
  return divide(sold, bought, UNIT_VALUE_SCALE);
}

function toValue(amount: Decimal, unit: Decimal): Decimal {
  return divide(multiply(amount, unit), ONE, VALUE_SCALE);
}

function bestPriceOf(side: CycleSide): Decimal {
  const best = levelsOf(side)[0];
  if (best === undefined) throw new Error('BUG: a filled book has no best level');
  return toDecimal(best[0]);
}

/** At the average prices of this amount. */
function breakEvenTakerBps(
  sides: readonly CycleSide[],
  { fills, cost, fixedCost, risk }: CycleOrders,
): number {
  const legs = sides.map(({ side }, leg) => ({
    side,
    price: toNumber(fills[leg]?.averagePrice ?? ONE),
  }));
  return takerBpsFor(legs, 1 + toNumber(add(fixedCost, risk)) / toNumber(cost));
}

/**
 * The least amount whose profit, without lots, is the fixed costs and what the ways take whatever the amount; null when
 * there are none, or they are never earned.
 */
function breakEvenStart(
  { steps, feeStart }: CycleWalk,
  fixedCost: Decimal,
  keptRatio: number,
): string | null {
  let missing = toNumber(fixedCost) + feeStart;
  if (missing === 0) return null;
  let start = feeStart;
  for (const step of steps) {
    const earned = step.product * keptRatio - 1;
    const most = step.start * earned;
    if (most >= missing) return toDecimalString(start + missing / earned);
    missing -= most;
    start += step.start;
  }
  return null;
}
