/** Exact figures as they are told. */

import {
  add,
  type Decimal,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
} from '../../domain/money.ts';
import type { BasisEdge, BasisLeg } from './basis-edge.ts';
import { type BasisMarket, instrumentOf } from './basis-market.ts';
import type { BasisPair } from './basis-pairs.ts';
import { toContracts } from './basis-size.ts';
import { ratePerHour } from './funding-rate.ts';
import { exactMiddleOf } from './leg-trades.ts';
import { annualisedOf, type LegTrades, type PricedBasis, ratioOf } from './price-basis.ts';
import { DAY_COUNT } from './settings.ts';

const BPS = toDecimal(10_000);

export function toBasisEdge(pair: BasisPair, priced: PricedBasis, nowMs: number): BasisEdge {
  const { kind, long, short } = pair;
  const { capital, gross, profit, daysHeld, fundingPerHour } = priced;
  const costs = add(priced.entryCost, priced.exitCost);
  return {
    kind,
    base: long.market.base,
    quote: long.market.quote,
    atMs: nowMs,
    sizeInBase: toDecimalString(priced.size),
    capitalInQuote: toDecimalString(capital),
    basisBps: toBasisBps(pair),
    entryCostInQuote: toDecimalString(priced.entryCost),
    exitCostInQuote: toDecimalString(priced.exitCost),
    fundingPerHourInQuote: fundingPerHour === null ? null : toDecimalString(fundingPerHour),
    daysHeld,
    grossInQuote: toDecimalString(gross),
    profitInQuote: toDecimalString(profit),
    profitBps: ratioOf(multiply(profit, BPS), capital),
    annualisedGrossRatio: annualisedOf(gross, capital, daysHeld),
    annualisedNetRatio: annualisedOf(profit, capital, daysHeld),
    dayCount: DAY_COUNT,
    breakEvenDays: ratioOf(costs, gross) * daysHeld,
    needsHeldSpot: instrumentOf(short.market) === 'spot',
    long: toLeg(long, 'long', priced.size, priced.long),
    short: toLeg(short, 'short', priced.size, priced.short),
  };
}

function toBasisBps({ long, short }: BasisPair): number {
  const middle = exactMiddleOf(long);
  return ratioOf(multiply(subtract(exactMiddleOf(short), middle), BPS), middle);
}

function toLeg(
  { market, funding, hasDepth }: BasisMarket,
  position: 'long' | 'short',
  size: Decimal,
  { entry, exit }: LegTrades,
): BasisLeg {
  const contracts = toContracts(market, size, entry.amountInQuote);
  const rate = funding === null ? null : ratePerHour(funding);
  return {
    position,
    exchange: market.exchange,
    symbol: market.symbol,
    instrument: instrumentOf(market),
    settlement: market.contract?.settlement ?? null,
    entryPriceInQuote: toDecimalString(entry.averagePrice),
    exitPriceInQuote: toDecimalString(exit.averagePrice),
    entryFeeInQuote: toDecimalString(entry.feeInQuote),
    exitFeeInQuote: toDecimalString(exit.feeInQuote),
    takerBps: market.takerBps,
    levelsCount: entry.levelsCount,
    hasDepth,
    contractsCount: contracts === null ? null : toDecimalString(contracts.count),
    unhedgedInQuote: contracts === null ? null : toDecimalString(contracts.unhedgedInQuote),
    fundingRatePerHour: rate === null ? null : toDecimalString(rate),
    fundingIntervalMs: funding?.intervalMs ?? null,
    nextFundingAtMs: funding?.nextFundingAtMs ?? null,
    expiryMs: market.contract?.expiryMs ?? null,
  };
}
