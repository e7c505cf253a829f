/**
 * Why there is no opportunity: every directed pair of every symbol is an opportunity now, or is lost at exactly one
 * stage for exactly one reason. Pure; it changes nothing and asks for nothing.
 */

import type { BalanceCap } from '../../domain/modes.ts';
import { type Pair, topEdgeBps } from '../detector.ts';
import { GUARDS, judgeMarket, medianPriceOf } from '../guards.ts';
import type { MarketRecord } from '../market-state.ts';
import { type CycleFunnel, explainCycles } from './explain-cycles.ts';
import { toMarketReason } from './explain-market.ts';
import { explainPair, lost, type PairLoss, type PairVerdict } from './explain-pair.ts';
import { createFunnelCounter, type Funnel } from './funnel.ts';
import { createNearMisses, type NearMiss } from './near-misses.ts';
import type { ExplainParts, UnwatchedSymbol } from './parts.ts';
import type { CapReason, MarketReason, SymbolReason } from './reasons.ts';

export interface ExplainQuery {
  /** Null: all symbols and cycles. A symbol: cycles through it too. The route of a cycle, `ADA>BTC>USDT`: that alone. */
  readonly symbol: string | null;
  /** Near misses wanted. */
  readonly nearMissesCount: number;
  /** Pairs looked at before the symbols that are left are passed over; they are counted. */
  readonly maxPairsCount: number;
  /** Cycles looked at before the others are passed over; absent: any number. */
  readonly maxCyclesCount?: number;
}

export interface ExplainedMarket {
  readonly exchange: string;
  /** Null when the market takes part. */
  readonly reason: MarketReason | null;
}

export interface ExplainedSymbol {
  readonly symbol: string;
  readonly reason: SymbolReason;
}

/** A pair that is an opportunity, and would be a larger one. */
export interface CappedPair {
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly reason: CapReason;
}

export interface Explanation {
  readonly atMs: number;
  /** Symbols looked at. */
  readonly symbolsCount: number;
  /** Symbols passed over because of `maxPairsCount`. */
  readonly omittedSymbolsCount: number;
  readonly funnel: Funnel;
  /** Null when cycles are not looked for. */
  readonly cycles: CycleFunnel | null;
  /** Those that lack least first. */
  readonly nearMisses: readonly NearMiss[];
  /** Opportunities that a balance makes smaller, at most `MAX_CAPPED_COUNT`. */
  readonly cappedPairs: readonly CappedPair[];
  /** All exchanges of the symbol asked for; empty when all symbols were asked for. */
  readonly markets: readonly ExplainedMarket[];
  /** Symbols that have no pair at all. */
  readonly symbolsWithoutPair: readonly ExplainedSymbol[];
}

/** Capped pairs that are told. */
export const MAX_CAPPED_COUNT = 100;

interface JudgedMarket {
  readonly record: MarketRecord;
  readonly reason: MarketReason | null;
  /** Place of the guard that failed in the order in which they are asked. */
  readonly rank: number;
}

export function explain(parts: ExplainParts, query: ExplainQuery): Explanation {
  const { state, nowMs } = parts;
  const symbols = query.symbol === null ? state.symbols() : [query.symbol];
  const unwatched = new Set(parts.unwatched.map(({ symbol }) => symbol));
  const funnel = createFunnelCounter();
  const nearMisses = createNearMisses(query.nearMissesCount);
  const cappedPairs: CappedPair[] = [];
  const lonely: ExplainedSymbol[] = [];
  let markets: readonly JudgedMarket[] = [];
  let symbolsCount = 0;
  let pairsCount = 0;
  for (const symbol of symbols) {
    const records = state.recordsOf(symbol);
    if (records.length === 0) continue;
    pairsCount += records.length * (records.length - 1);
    if (pairsCount > query.maxPairsCount && symbolsCount > 0) break;
    symbolsCount += 1;
    markets = judgeMarkets(records, parts);
    for (const { record, reason } of markets) funnel.addMarket(record.quote !== null, reason);
    if (isContract(records)) {
      lonely.push({ symbol, reason: { code: 'contract', exchanges: exchangesOf(records) } });
      continue;
    }
    if (records.length === 1 && !unwatched.has(symbol)) lonely.push(toLonely(symbol, records));
    for (const [pair, { loss, cappedBy }] of explainPairs(markets, parts)) {
      funnel.addPair(loss && { stage: loss.stage, code: loss.reason.code });
      if (cappedBy !== null && cappedPairs.length < MAX_CAPPED_COUNT) {
        cappedPairs.push(toCappedPair(symbol, pair, cappedBy));
      }
      if (loss !== null) nearMisses.addPair({ symbol, ...toNearFacts(pair, loss, parts) });
    }
  }
  const maxCyclesCount = query.maxCyclesCount ?? Number.POSITIVE_INFINITY;
  const cycles = parts.cycles
    ? explainCycles(parts, parts.cycles, query.symbol, maxCyclesCount, nearMisses)
    : null;
  return {
    atMs: nowMs,
    symbolsCount,
    omittedSymbolsCount: query.symbol === null ? symbols.length - symbolsCount : 0,
    funnel: funnel.read(),
    cycles,
    nearMisses: nearMisses.read(),
    cappedPairs,
    markets: query.symbol === null ? [] : markets.map(toExplainedMarket),
    symbolsWithoutPair: [...lonely, ...findUnwatched(notIn(parts.unwatched, lonely), query.symbol)],
  };
}

/** Before any market is known. */
export function explainNothing(atMs: number): Explanation {
  return {
    atMs,
    symbolsCount: 0,
    omittedSymbolsCount: 0,
    funnel: createFunnelCounter().read(),
    cycles: null,
    nearMisses: [],
    cappedPairs: [],
    markets: [],
    symbolsWithoutPair: [],
  };
}

function judgeMarkets(
  records: readonly MarketRecord[],
  { settings, faultCodes, nowMs }: ExplainParts,
): readonly JudgedMarket[] {
  const medianPrice = medianPriceOf(records, nowMs, settings);
  return records.map((record) => {
    const guard = judgeMarket(record, nowMs, settings, medianPrice);
    if (guard === null) return { record, reason: null, rank: GUARDS.length };
    const { exchange } = record.market;
    const faultCode = faultCodes.get(exchange) ?? null;
    const facts = { exchange, quote: record.quote, guard, medianPrice, faultCode, nowMs };
    return { record, reason: toMarketReason(facts, settings), rank: GUARDS.indexOf(guard) };
  });
}

function* explainPairs(
  markets: readonly JudgedMarket[],
  parts: ExplainParts,
): Generator<readonly [Pair, PairVerdict]> {
  for (const buy of markets) {
    for (const sell of markets) {
      if (buy === sell) continue;
      const pair = { buy: buy.record, sell: sell.record };
      const reason = firstReason(buy, sell);
      yield [pair, reason === null ? explainPair(pair, parts) : lost({ stage: 'markets', reason })];
    }
  }
}

/** The reason of the guard that is asked first; of equal ones the bought side's. */
function firstReason(buy: JudgedMarket, sell: JudgedMarket): MarketReason | null {
  return buy.rank <= sell.rank ? buy.reason : sell.reason;
}

function toNearFacts(pair: Pair, { stage, reason }: PairLoss, { settings, isOpen }: ExplainParts) {
  const edgeBps = topEdgeBps(pair.buy, pair.sell);
  const leastBps = isOpen(pair) ? settings.closeEdgeBps : settings.openEdgeBps;
  return {
    buyExchange: pair.buy.market.exchange,
    sellExchange: pair.sell.market.exchange,
    edgeBps,
    leastBps,
    stage,
    reason,
  };
}

function toCappedPair(symbol: string, { buy, sell }: Pair, cap: BalanceCap): CappedPair {
  return {
    symbol,
    buyExchange: buy.market.exchange,
    sellExchange: sell.market.exchange,
    reason: { code: 'balance_binds', ...cap },
  };
}

function isContract(records: readonly MarketRecord[]): boolean {
  return records.some(({ market }) => market.contract !== undefined);
}

function exchangesOf(records: readonly MarketRecord[]): readonly string[] {
  return records.map(({ market }) => market.exchange);
}

function toLonely(symbol: string, records: readonly MarketRecord[]): ExplainedSymbol {
  const exchanges = exchangesOf(records);
  return { symbol, reason: { code: 'fewer_than_two_exchanges', exchanges } };
}

/** A contract of one exchange alone has been told. */
function notIn(
  unwatched: readonly UnwatchedSymbol[],
  told: readonly ExplainedSymbol[],
): readonly UnwatchedSymbol[] {
  const symbols = new Set(told.map(({ symbol }) => symbol));
  return unwatched.filter(({ symbol }) => !symbols.has(symbol));
}

function findUnwatched(
  unwatched: readonly UnwatchedSymbol[],
  symbol: string | null,
): readonly ExplainedSymbol[] {
  return unwatched
    .filter((each) => symbol === null || each.symbol === symbol)
    .map((each) => ({
      symbol: each.symbol,
      reason: { code: each.reason, exchanges: each.exchanges },
    }));
}

function toExplainedMarket({ record, reason }: JudgedMarket): ExplainedMarket {
  return { exchange: record.market.exchange, reason };
}
