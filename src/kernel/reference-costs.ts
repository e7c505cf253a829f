/** The cost waterfall of two books of the reference kernel: what each step takes of the best size. */

import { at } from './at.ts';
import { SIZING } from './core.ts';
import { type Side, take } from './reference-sides.ts';

/** What a unit costs and brings; `sellFactor` has fee, risk and conversion taken out. */
export interface CostTerms {
  readonly buyTakerRatio: number;
  readonly sellTakerRatio: number;
  readonly conversionRate: number;
  readonly riskRatio: number;
  readonly fixedCostInQuote: number;
  readonly buyFactor: number;
  readonly sellFactor: number;
}

/** Adds the steps to a sizing of the same sides. */
export function costSides(sizing: Float64Array, asks: Side, bids: Side, terms: CostTerms): void {
  const { buyTakerRatio, sellTakerRatio, conversionRate, riskRatio, fixedCostInQuote } = terms;
  const size = at(sizing, SIZING.size);
  sizing.fill(0, SIZING.gross);
  sizing[SIZING.fixed] = 0 - fixedCostInQuote;
  sizing[SIZING.net] = at(sizing, SIZING.profit) - fixedCostInQuote;
  sizing[SIZING.breakEvenSize] = Number.NaN;
  if (!(size > 0)) return;
  const bought = take(asks, size).costInQuote;
  const sold = take(bids, size).costInQuote;
  const ask = at(asks.price, 0);
  const bid = at(bids.price, 0);
  sizing[SIZING.gross] = size * (bid - ask);
  sizing[SIZING.buyDepth] = size * ask - bought;
  sizing[SIZING.sellDepth] = sold - size * bid;
  sizing[SIZING.buyFee] = 0 - bought * buyTakerRatio;
  sizing[SIZING.sellFee] = 0 - sold * sellTakerRatio;
  const received = sold * (1 - sellTakerRatio);
  sizing[SIZING.conversion] = received * (conversionRate - 1);
  sizing[SIZING.risk] = 0 - received * conversionRate * riskRatio;
  const worth = sold * conversionRate * (1 - riskRatio);
  sizing[SIZING.breakEvenTaker] = (worth - bought - fixedCostInQuote) / (worth + bought);
  sizing[SIZING.breakEvenSize] =
    fixedCostInQuote > 0 ? sizeForProfit(sizing, asks, bids, terms) : 0;
}

/** The least size that earns the fixed costs: the first end of a level that does, and the way to it from the one before. */
function sizeForProfit(sizing: Float64Array, asks: Side, bids: Side, terms: CostTerms): number {
  const { fixedCostInQuote: profit, buyFactor, sellFactor } = terms;
  const best = at(sizing, SIZING.size);
  if (at(sizing, SIZING.profit) < profit) return Number.NaN;
  const lastAsk = at(sizing, SIZING.askLevels) - 1;
  const lastBid = at(sizing, SIZING.bidLevels) - 1;
  const profitAt = (size: number, ask: number, bid: number) =>
    costIn(bids, bid, size) * sellFactor - costIn(asks, ask, size) * buyFactor;
  let ask = 0;
  let bid = 0;
  for (; ask < lastAsk; ask += 1) {
    const size = at(asks.sumSize, ask + 1);
    let touched = bid;
    while (touched < lastBid && at(bids.sumSize, touched + 1) < size) touched += 1;
    if (profitAt(size, ask, touched) >= profit) break;
    bid = touched;
  }
  while (bid < lastBid) {
    const size = at(bids.sumSize, bid + 1);
    const isBehindAsk = size > at(asks.sumSize, ask + 1);
    if (isBehindAsk || profitAt(size, ask, bid) >= profit) break;
    bid += 1;
  }
  const start = Math.max(at(asks.sumSize, ask), at(bids.sumSize, bid));
  const missing = profit - profitAt(start, ask, bid);
  const slope = at(bids.price, bid) * sellFactor - at(asks.price, ask) * buyFactor;
  return Math.min(best, start + missing / slope);
}

/** Cost before fees of a size that ends in `level`. */
function costIn(side: Side, level: number, size: number): number {
  return at(side.sumCost, level) + (size - at(side.sumSize, level)) * at(side.price, level);
}
