/** Every conversion of one asset into another that some market could make, with the best usable market or why there is none. */

import { toConversionRecords } from '../cycles/conversion-graph.ts';
import { rateOf } from '../cycles/conversion-rates.ts';
import type { CycleLeg } from '../cycles/cycle.ts';
import { GUARDS, judgeMarket, medianPriceOf } from '../guards.ts';
import type { MarketRecord } from '../market-state.ts';
import { toMarketReason } from './explain-market.ts';
import type { ExplainParts } from './parts.ts';
import type { MarketReason } from './reasons.ts';

export interface ExplainedConversion {
  readonly from: string;
  readonly to: string;
  /** The leg that gives most; null when no market is usable. */
  readonly leg: CycleLeg | null;
  /** Units got for one given at the best price, before and after the taker fee; 0 without a leg. */
  readonly grossRate: number;
  readonly netRate: number;
  /** Of the market that failed last, so came nearest to being usable; null with a leg. */
  readonly reason: MarketReason | null;
}

/** By asset given, then by asset got; both in alphabetical order. */
export type Conversions = ReadonlyMap<string, readonly ExplainedConversion[]>;

interface Offered {
  readonly record: MarketRecord;
  readonly reason: MarketReason | null;
  readonly rank: number;
}

export function listConversions(parts: ExplainParts): Conversions {
  const offered = parts.state.symbols().flatMap((symbol) => judgeOffers(symbol, parts));
  const found = offered.flatMap((offer) => {
    const { base, quote } = offer.record.market;
    return [
      { from: base, to: quote, offer },
      { from: quote, to: base, offer },
    ];
  });
  const byWay = Map.groupBy(found, ({ from, to }) => `${from}>${to}`);
  const conversions = [...byWay.values()]
    .map((ways) => toConversion(ways[0]?.from ?? '', ways[0]?.to ?? '', ways))
    .sort((a, b) => compareText(a.from, b.from) || compareText(a.to, b.to));
  return Map.groupBy(conversions, ({ from }) => from);
}

function judgeOffers(symbol: string, parts: ExplainParts): readonly Offered[] {
  const { settings, faultCodes, nowMs, state } = parts;
  const records = state.recordsOf(symbol);
  const medianPrice = medianPriceOf(records, nowMs, settings);
  return toConversionRecords(records).map((record) => {
    const guard = judgeMarket(record, nowMs, settings, medianPrice);
    if (guard === null) return { record, reason: null, rank: GUARDS.length };
    const { exchange } = record.market;
    const faultCode = faultCodes.get(exchange) ?? null;
    const facts = { exchange, quote: record.quote, guard, medianPrice, faultCode, nowMs };
    return { record, reason: toMarketReason(facts, settings), rank: GUARDS.indexOf(guard) };
  });
}

function toConversion(
  from: string,
  to: string,
  ways: readonly { readonly offer: Offered }[],
): ExplainedConversion {
  let leg: CycleLeg | null = null;
  let netRate = 0;
  let nearest: Offered | null = null;
  for (const { offer } of ways) {
    if (nearest === null || offer.rank > nearest.rank) nearest = offer;
    if (offer.reason !== null) continue;
    const candidate: CycleLeg = {
      side: offer.record.market.base === from ? 'sell' : 'buy',
      record: offer.record,
    };
    const rate = rateOf(candidate);
    if (rate > netRate) [leg, netRate] = [candidate, rate];
  }
  if (leg === null) {
    return { from, to, leg, grossRate: 0, netRate: 0, reason: nearest?.reason ?? null };
  }
  return { from, to, leg, grossRate: grossRateOf(leg), netRate, reason: null };
}

function grossRateOf({ side, record: { quote } }: CycleLeg): number {
  if (quote === null) return 0;
  return side === 'sell' ? quote.bid : 1 / quote.ask;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
