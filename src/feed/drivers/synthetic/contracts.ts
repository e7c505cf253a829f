/** Perpetual and dated contracts of the synthetic market: one of each kind, with funding in intervals of 1, 4 and 8 hours. */

import type { Funding } from '../../../domain/funding.ts';
import type { ContractTerms, Market } from '../../../domain/market.ts';
import type { SymbolPlan } from './catalog.ts';
import { planSymbols } from './catalog.ts';
import type { ContractPlan, ContractShape } from './contract-plan.ts';
import {
  type ExchangePlan,
  type MarketPlan,
  planMarkets,
  type SyntheticShape,
} from './market-plan.ts';
import { createRandom, type Random } from './random.ts';

/** Bases with contracts: the first ones. */
const BASES_COUNT = 2;
/** Exchanges with perpetuals: the first ones. The first of them has dated contracts too. */
const EXCHANGES_COUNT = 4;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const INTERVALS_MS = [8 * HOUR_MS, 4 * HOUR_MS, HOUR_MS] as const;
/** What perpetuals usually pay in eight hours: 0.01 % is the neutral rate of most exchanges. */
const LEAST_RATE_8H = -0.0001;
const MOST_RATE_8H = 0.0003;
/** A dated contract stands so much above spot, a year. */
const LEAST_BASIS_A_YEAR = 0.03;
const MOST_BASIS_A_YEAR = 0.12;
/** Contracts that are listed live for at least so long. */
const LEAST_LIFE_MS = 30 * DAY_MS;
/** Deviation of a rate around its usual value, as a part of it. */
const RATE_DEVIATION = 0.05;

const CONTRACT_STREAM = 8;
const FUNDING_STREAM = 9;

interface Place {
  readonly exchangeIndex: number;
  readonly symbolIndex: number;
  readonly seed: number;
}

/** All markets: spot as `planMarkets` has it, and contracts after it, so that spot is the same with and without them. */
export function planWithContracts(shape: SyntheticShape): readonly MarketPlan[] {
  const spot = planMarkets(shape);
  const { seed, contracts = null } = shape;
  if (contracts === null) return spot;
  const exchanges = [...new Set(spot.map((plan) => plan.exchange))];
  const symbols = planSymbols(BASES_COUNT).map(({ symbol }) => symbol);
  const listed = spot.flatMap((plan) => {
    const symbolIndex = symbols.indexOf(plan.market.symbol);
    if (symbolIndex === -1) return [];
    const place = { exchangeIndex: exchanges.indexOf(plan.exchange), symbolIndex, seed };
    return planContracts(plan, place, contracts);
  });
  return [...spot, ...listed];
}

/** The contracts that one exchange lists beside its spot market `spot`; none for most. */
function planContracts(
  spot: MarketPlan,
  { exchangeIndex, symbolIndex, seed }: Place,
  { fromMs, kinds }: ContractShape,
): readonly MarketPlan[] {
  if (exchangeIndex >= EXCHANGES_COUNT) return [];
  const random = createRandom(seed, CONTRACT_STREAM, exchangeIndex, symbolIndex);
  const all = [planPerpetual(exchangeIndex, random)];
  if (exchangeIndex === 0) all.push(planDated(fromMs, random));
  return all
    .filter(({ terms }) => kinds.includes(terms.kind))
    .map((contract) => toPlan(spot, contract));
}

function planPerpetual(exchangeIndex: number, random: Random): ContractPlan {
  const intervalMs = INTERVALS_MS[exchangeIndex % INTERVALS_MS.length] ?? HOUR_MS;
  const rate8h = random.between(LEAST_RATE_8H, MOST_RATE_8H);
  return {
    terms: toTerms('perpetual', null),
    premiumBps: random.between(-2, 4),
    rateRatio: (rate8h * intervalMs) / (8 * HOUR_MS),
    intervalMs,
  };
}

function planDated(fromMs: number, random: Random): ContractPlan {
  const expiryMs = quarterlyExpiryMs(fromMs + LEAST_LIFE_MS);
  const aYear = random.between(LEAST_BASIS_A_YEAR, MOST_BASIS_A_YEAR);
  const premiumBps = (aYear * 10_000 * (expiryMs - fromMs)) / (365 * DAY_MS);
  return { terms: toTerms('dated', expiryMs), premiumBps, rateRatio: 0, intervalMs: null };
}

function toTerms(kind: ContractTerms['kind'], expiryMs: number | null): ContractTerms {
  return { kind, settlement: 'linear', contractSize: '0.001', contractStep: '1', expiryMs };
}

function toPlan(spot: MarketPlan, contract: ContractPlan): MarketPlan {
  return {
    ...spot,
    market: toMarket(spot.market, spot.symbol, spot.exchange, contract.terms),
    // Orders are whole contracts of a thousandth.
    sizeDecimals: 3,
    contract,
  };
}

function toMarket(
  spot: Market,
  { symbol, quote }: SymbolPlan,
  { takerBps, makerBps }: ExchangePlan,
  terms: ContractTerms,
): Market {
  const { expiryMs } = terms;
  return {
    ...spot,
    symbol: `${symbol}:${quote.name}${expiryMs === null ? '' : `-${toDayCode(expiryMs)}`}`,
    takerBps: round(takerBps / 2),
    makerBps: round(makerBps / 2),
    sizeStep: '0.001',
    minSizeInBase: '0.001',
    contract: terms,
  };
}

/** What an exchange says of a perpetual's funding at `nowMs`; null for dated contracts. */
export function fundingAt(
  { market, contract }: MarketPlan,
  marketIndex: number,
  { seed, nowMs, spotPrice }: { seed: number; nowMs: number; spotPrice: number },
): Funding | null {
  if (contract?.intervalMs == null) return null;
  const { intervalMs, rateRatio, premiumBps } = contract;
  const random = createRandom(
    seed,
    FUNDING_STREAM,
    marketIndex,
    Math.floor(nowMs / FUNDING_EVERY_MS),
  );
  const wandering = rateRatio * (1 + RATE_DEVIATION * random.bell());
  return {
    exchange: market.exchange,
    symbol: market.symbol,
    rateRatio: Number(wandering.toFixed(8)),
    intervalMs,
    nextFundingAtMs: (Math.floor(nowMs / intervalMs) + 1) * intervalMs,
    markPriceInQuote: Number((spotPrice * (1 + premiumBps / 10_000)).toPrecision(8)),
    indexPriceInQuote: Number(spotPrice.toPrecision(8)),
    exchangeTimeMs: nowMs,
    receivedAtMs: nowMs,
  };
}

/** Funding is told anew after so long, milliseconds. */
export const FUNDING_EVERY_MS = 10_000;

/** How far from spot a contract stands at `nowMs`, as a ratio. */
export function premiumRatioAt(contract: ContractPlan, fromMs: number, nowMs: number): number {
  const { expiryMs } = contract.terms;
  const fullRatio = contract.premiumBps / 10_000;
  if (expiryMs === null) return fullRatio;
  return fullRatio * Math.max(0, (expiryMs - nowMs) / (expiryMs - fromMs));
}

/** The first last Friday of a quarter, 08:00 UTC, at or after `fromMs`: when most exchanges settle. */
export function quarterlyExpiryMs(fromMs: number): number {
  const from = new Date(fromMs);
  const firstQuarter = Math.floor(from.getUTCMonth() / 3);
  for (let quarter = firstQuarter; ; quarter += 1) {
    const expiryMs = lastFridayMs(from.getUTCFullYear(), quarter * 3 + 2);
    if (expiryMs >= fromMs) return expiryMs;
  }
}

/** @param month - from 0; above 11: of later years. */
function lastFridayMs(year: number, month: number): number {
  const lastDayMs = Date.UTC(year, month + 1, 0, 8);
  const daysPastFriday = (new Date(lastDayMs).getUTCDay() + 2) % 7;
  return lastDayMs - daysPastFriday * DAY_MS;
}

/** `260327`, as in the unified symbols of ccxt. */
function toDayCode(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(2, 10).replaceAll('-', '');
}

function round(bps: number): number {
  return Math.round(bps * 10) / 10;
}
