/**
 * Carries between spot, perpetual and dated contracts. Every directed pair earns something until its horizon after all
 * costs, or has exactly one reason why not. Pure: same markets, same answer.
 */

import { isSkewed, skewMsOf } from '../guards.ts';
import type { BasisEdge } from './basis-edge.ts';
import { judgeBasisMarket } from './basis-guards.ts';
import { type BasisMarket, instrumentOf } from './basis-market.ts';
import { type BasisKind, type BasisPair, toBasisPairs } from './basis-pairs.ts';
import { judgeSize, sizeOf } from './basis-size.ts';
import { priceBasis, ratioOf } from './price-basis.ts';
import type { BasisPairReason, BasisReason } from './reasons.ts';
import { type ScreenedBasis, screenBasis } from './screen-basis.ts';
import { type BasisSettings, DAY_MS } from './settings.ts';
import { toBasisEdge } from './to-basis-edge.ts';

/** A pair that carries nothing, with what it lacks. */
export interface BasisMiss {
  readonly kind: BasisKind;
  readonly long: { readonly exchange: string; readonly symbol: string };
  readonly short: { readonly exchange: string; readonly symbol: string };
  /** Gross at best prices, a year; null when a guard failed before. */
  readonly annualisedGrossRatio: number | null;
  readonly reason: BasisReason;
}

export interface BasisResult {
  /** Greatest annualised net first. */
  readonly edges: readonly BasisEdge[];
  /** Those that lack least first. */
  readonly misses: readonly BasisMiss[];
  readonly pairsCount: number;
  /** Pairs of each kind; edges and misses add up to them, and so do the reasons to the misses. */
  readonly kindCounts: Readonly<Record<BasisKind, number>>;
  /** By code. */
  readonly reasonCounts: Readonly<Record<string, number>>;
  /** Pairs that the best prices let through and that were priced exactly. */
  readonly pricedCount: number;
}

/** @param nowMs - milliseconds since the epoch. */
export function detectBasis(
  markets: readonly BasisMarket[],
  settings: BasisSettings,
  nowMs: number,
): BasisResult {
  const reasons = new Map(
    markets.map((market) => [market, judgeBasisMarket(market, nowMs, settings)]),
  );
  const edges: BasisEdge[] = [];
  const misses: BasisMiss[] = [];
  const kindCounts: Record<BasisKind, number> = zeroCounts();
  let pricedCount = 0;
  for (const pair of toBasisPairs(markets)) {
    kindCounts[pair.kind] += 1;
    const reason = reasons.get(pair.long) ?? reasons.get(pair.short) ?? judgeSkew(pair, settings);
    if (reason !== null) {
      misses.push(toMiss(pair, reason, null));
      continue;
    }
    const judged = judgePair(pair, settings, nowMs);
    if (judged.isPriced) pricedCount += 1;
    if (judged.edge !== null) edges.push(judged.edge);
    else misses.push(toMiss(pair, judged.reason, judged.screened));
  }
  return {
    edges: edges.sort(byNet),
    misses: misses.sort(byMissing),
    pairsCount: edges.length + misses.length,
    kindCounts,
    reasonCounts: countReasons(misses),
    pricedCount,
  };
}

type JudgedPair =
  | { readonly edge: BasisEdge; readonly isPriced: true }
  | {
      readonly edge: null;
      readonly isPriced: boolean;
      readonly reason: BasisPairReason;
      readonly screened: ScreenedBasis;
    };

function judgePair(pair: BasisPair, settings: BasisSettings, nowMs: number): JudgedPair {
  const heldMs = heldMsOf(pair, settings, nowMs);
  const screened = screenBasis(pair, heldMs);
  const { annualisedGrossRatio } = screened;
  const lost = (reason: BasisPairReason, isPriced: boolean): JudgedPair => {
    return { edge: null, isPriced, reason, screened };
  };
  if (!(annualisedGrossRatio > 0)) {
    return lost({ code: 'carry_not_positive', annualisedGrossRatio }, false);
  }
  if (!(screened.profitBps > 0)) return lost(toUncovered(screened, heldMs / DAY_MS), false);
  const size = sizeOf(pair, settings.notionalInQuote);
  const refused = judgeSize(pair, size);
  if (refused !== null) return lost(refused, false);
  const result = priceBasis(pair, size, heldMs);
  if (!result.found) return lost(result.reason, true);
  const { priced } = result;
  const edge = toBasisEdge(pair, priced, nowMs);
  if (priced.profit.units > 0n) return { edge, isPriced: true };
  const breakEvenDays = edge.breakEvenDays;
  const profitBps = ratioOf(priced.profit, priced.capital) * 10_000;
  return lost(toUncovered({ breakEvenDays, profitBps }, priced.daysHeld), true);
}

function toUncovered(
  { breakEvenDays, profitBps }: Pick<ScreenedBasis, 'breakEvenDays' | 'profitBps'>,
  daysHeld: number,
): BasisPairReason {
  return { code: 'costs_not_covered', breakEvenDays, daysHeld, missingBps: -profitBps };
}

/** Until the expiry of the dated leg, or the horizon. */
function heldMsOf({ long, short }: BasisPair, settings: BasisSettings, nowMs: number): number {
  const dated = [long, short].find(({ market }) => instrumentOf(market) === 'dated');
  const expiryMs = dated?.market.contract?.expiryMs ?? null;
  return expiryMs === null ? settings.horizonDays * DAY_MS : expiryMs - nowMs;
}

function judgeSkew({ long, short }: BasisPair, { maxSkewMs }: BasisSettings): BasisReason | null {
  if (long.times === null || short.times === null) return null;
  if (!isSkewed(long.times, short.times, maxSkewMs)) return null;
  return { code: 'legs_skewed', skewMs: skewMsOf(long.times, short.times), maxSkewMs };
}

function toMiss(pair: BasisPair, reason: BasisReason, screened: ScreenedBasis | null): BasisMiss {
  return {
    kind: pair.kind,
    long: nameOf(pair.long),
    short: nameOf(pair.short),
    annualisedGrossRatio: screened?.annualisedGrossRatio ?? null,
    reason,
  };
}

function nameOf({ market: { exchange, symbol } }: BasisMarket) {
  return { exchange, symbol };
}

function zeroCounts(): Record<BasisKind, number> {
  return { perpetual_spot: 0, perpetual_perpetual: 0, dated_spot: 0 };
}

function countReasons(misses: readonly BasisMiss[]): BasisResult['reasonCounts'] {
  const counts: Record<string, number> = {};
  for (const { reason } of misses) counts[reason.code] = (counts[reason.code] ?? 0) + 1;
  return counts;
}

function byNet(a: BasisEdge, b: BasisEdge): number {
  return b.annualisedNetRatio - a.annualisedNetRatio || compareText(keyOf(a), keyOf(b));
}

/** Uncovered costs first, the least shortage at the head; then the greatest gross; guards last. */
function byMissing(a: BasisMiss, b: BasisMiss): number {
  const lack = (miss: BasisMiss) =>
    miss.reason.code === 'costs_not_covered' ? miss.reason.missingBps : Number.POSITIVE_INFINITY;
  const gross = (miss: BasisMiss) => miss.annualisedGrossRatio ?? Number.NEGATIVE_INFINITY;
  return (
    compareNumber(lack(a), lack(b)) ||
    compareNumber(gross(b), gross(a)) ||
    compareText(keyOf(a), keyOf(b))
  );
}

function compareNumber(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf({ long, short }: Pick<BasisMiss, 'long' | 'short'>): string {
  return `${long.symbol} ${long.exchange} ${short.symbol} ${short.exchange}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
