/** What each synthetic exchange and market is like: fees, latency, steps, spread and size, all from the seed. */

import type { Config } from '../../../config.ts';
import type { Market } from '../../../domain/market.ts';
import { exchangeName, planSymbols, type SymbolPlan } from './catalog.ts';
import type { ContractPlan, ContractShape } from './contract-plan.ts';
import { createRandom, type Random } from './random.ts';

export interface SyntheticShape {
  /** Same seed, same updates. */
  readonly seed: number;
  readonly exchangesCount: number;
  readonly symbolsCount: number;
  /** Over all markets. */
  readonly updatesPerSecond: number;
  /** Replaces every taker fee, basis points; null or unset: 4 to 10 by exchange. */
  readonly takerBps?: number | null;
  /** Lists contracts beside spot; null or unset: none. */
  readonly contracts?: ContractShape | null;
}

/** The shape that a configuration asks for; its contracts are listed from `nowMs` on. */
export function toSyntheticShape(
  { synthetic, contracts }: Pick<Config, 'synthetic' | 'contracts'>,
  nowMs: number,
): SyntheticShape {
  if (contracts.length === 0) return synthetic;
  return { ...synthetic, contracts: { fromMs: nowMs, kinds: contracts } };
}

export interface ExchangePlan {
  readonly exchange: string;
  readonly takerBps: number;
  readonly makerBps: number;
  /** One way, milliseconds: how much older an update is when it arrives. */
  readonly latencyMs: number;
  /** How long this exchange's price takes to follow the common one, milliseconds. */
  readonly lagMs: number;
  /** Its spreads are this many times wider than the narrowest. */
  readonly spreadRatio: number;
  /** Its sizes against the usual. */
  readonly depthRatio: number;
  /** Sends whole books; the others send quotes, and their books come on demand. */
  readonly sendsBooks: boolean;
}

export interface MarketPlan {
  readonly market: Market;
  readonly exchange: ExchangePlan;
  readonly symbol: SymbolPlan;
  /** Decimals of prices and of sizes. */
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
  readonly halfSpreadBps: number;
  /** Usual size of the best level, base units. */
  readonly usualSizeInBase: number;
  /** Absent for spot. */
  readonly contract?: ContractPlan;
}

/** Share of the symbols that an exchange lists, beyond the first few, which all list. */
const LISTED_RATIO = 0.85;
const LISTED_EVERYWHERE_COUNT = 4;

/** Streams of random numbers, one for each purpose, so that a change in one leaves the others alone. */
const EXCHANGE_STREAM = 1;
const LISTING_STREAM = 2;
const MARKET_STREAM = 3;

/** The spot markets, exchange by exchange, symbols in their order; every symbol is on at least two exchanges when there are two. */
export function planMarkets(shape: SyntheticShape): readonly MarketPlan[] {
  const exchanges = Array.from({ length: shape.exchangesCount }, (_, index) =>
    planExchange(index, shape),
  );
  const symbols = planSymbols(shape.symbolsCount).map((plan, index) => ({
    plan,
    listedOn: planListing(index, shape),
  }));
  const random = createRandom(shape.seed, MARKET_STREAM);
  return exchanges.flatMap((exchange, index) =>
    symbols
      .filter(({ listedOn }) => listedOn.has(index))
      .map(({ plan }) => planMarket(exchange, plan, random)),
  );
}

function planExchange(index: number, shape: SyntheticShape): ExchangePlan {
  const random = createRandom(shape.seed, EXCHANGE_STREAM, index);
  const takerBps = shape.takerBps ?? round(random.between(4, 10), 1);
  return {
    exchange: exchangeName(index),
    takerBps,
    makerBps: round(takerBps * random.between(0.3, 0.8), 1),
    latencyMs: Math.round(random.between(3, 90)),
    lagMs: Math.round(random.between(30, 250)),
    spreadRatio: random.between(1, 2.5),
    depthRatio: random.between(0.4, 2),
    sendsBooks: index % 2 === 0,
  };
}

function planListing(symbolIndex: number, { seed, exchangesCount }: SyntheticShape): Set<number> {
  const random = createRandom(seed, LISTING_STREAM, symbolIndex);
  const all = Array.from({ length: exchangesCount }, (_, index) => index);
  if (symbolIndex < LISTED_EVERYWHERE_COUNT) return new Set(all);
  const listedOn = new Set(all.filter(() => random.next() < LISTED_RATIO));
  for (const index of all) if (listedOn.size < 2) listedOn.add(index);
  return listedOn;
}

function planMarket(exchange: ExchangePlan, symbol: SymbolPlan, random: Random): MarketPlan {
  const price = symbol.base.priceInUsd / symbol.quote.priceInUsd;
  const priceDecimals = clamp(5 - exponentOf(price), 0, 12);
  const sizeDecimals = clamp(exponentOf(symbol.base.priceInUsd) + 1, 0, 8);
  const usualSizeInUsd = random.between(3_000, 25_000) * exchange.depthRatio;
  return {
    market: toMarket(exchange, symbol, priceDecimals, sizeDecimals),
    exchange,
    symbol,
    priceDecimals,
    sizeDecimals,
    halfSpreadBps: random.between(0.3, 1.2) * exchange.spreadRatio,
    usualSizeInBase: usualSizeInUsd / symbol.base.priceInUsd,
  };
}

function toMarket(
  { exchange, takerBps, makerBps }: ExchangePlan,
  { symbol, base, quote }: SymbolPlan,
  priceDecimals: number,
  sizeDecimals: number,
): Market {
  const sizeStep = toStep(sizeDecimals);
  return {
    exchange,
    symbol,
    base: base.name,
    quote: quote.name,
    takerBps,
    makerBps,
    priceStep: toStep(priceDecimals),
    sizeStep,
    minSizeInBase: sizeStep,
    maxSizeInBase: null,
    // About five dollars, as is usual.
    minCostInQuote: (5 / quote.priceInUsd).toFixed(quote.priceInUsd > 1 ? 6 : 0),
    isActive: true,
  };
}

function toStep(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}

/** The power of ten of the first digit: 64,000 → 4, 0.12 → −1. */
function exponentOf(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
