/** The pairs that lack least, of those whose prices can be believed. */

import type { MarketReason, PairReason, Stage } from './reasons.ts';
import { toSentence } from './sentence.ts';

export interface NearMiss {
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** Of best prices, after both taker fees, basis points. */
  readonly edgeBps: number;
  /** Up to the threshold, basis points; 0 when something else than the edge is missing. */
  readonly missingBps: number;
  /** Data older, or legs further apart in time, than allowed by so much, milliseconds; 0: in time. */
  readonly missingMs: number;
  /** Where the pair is lost. */
  readonly stage: Stage;
  readonly reason: MarketReason | PairReason;
  readonly sentence: string;
}

export interface NearFacts {
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly edgeBps: number;
  /** The threshold that the pair would have to pass, basis points. */
  readonly leastBps: number;
  readonly stage: Stage;
  readonly reason: MarketReason | PairReason;
}

/** @param count - how many are kept, at least 0. */
export function createNearMisses(count: number) {
  let kept: NearMiss[] = [];
  const cut = () => {
    kept = kept.sort(byMissing).slice(0, count);
  };
  return {
    add(facts: NearFacts): void {
      const miss = toNearMiss(facts);
      if (miss === null) return;
      kept.push(miss);
      // Sorting now and then keeps the list short without sorting at each step.
      if (kept.length > 4 * count + 64) cut();
    },
    read(): readonly NearMiss[] {
      cut();
      return kept;
    },
  };
}

function toNearMiss({ leastBps, ...facts }: NearFacts): NearMiss | null {
  const missingMs = missingMsOf(facts.reason);
  const missingBps = missingBpsOf(facts.reason) ?? Math.max(0, leastBps - facts.edgeBps);
  if (missingMs === null || !Number.isFinite(missingBps)) return null;
  return { ...facts, missingBps, missingMs, sentence: toSentence(facts.reason) };
}

/** Null when the prices of the pair say nothing: missing, contradictory, or far too old. */
function missingMsOf(reason: MarketReason | PairReason): number | null {
  switch (reason.code) {
    case 'no_gross_spread':
    case 'edge_short':
    case 'edge_short_at_depth':
    case 'depth_unknown':
    case 'below_minimum':
    case 'networks_unknown':
    case 'no_common_network':
    case 'withdrawal_off':
    case 'deposit_off':
    case 'withdrawal_fee_unknown':
    case 'volatility_unknown':
    case 'below_minimum_withdrawal':
    case 'below_minimum_deposit':
    case 'edge_short_after_transfer':
    case 'balance_missing':
    case 'balance_too_small':
      return 0;
    case 'quote_stale':
      return withinLimit(reason.ageMs, reason.maxAgeMs);
    case 'legs_skewed':
      return withinLimit(reason.skewMs, reason.maxSkewMs);
    default:
      return null;
  }
}

/** What is over the limit by more than the limit itself is no near miss. */
function withinLimit(valueMs: number, limitMs: number): number | null {
  return valueMs <= 2 * limitMs ? valueMs - limitMs : null;
}

function missingBpsOf(reason: MarketReason | PairReason): number | null {
  return 'missingBps' in reason ? reason.missingBps : null;
}

function byMissing(a: NearMiss, b: NearMiss): number {
  return (
    a.missingBps - b.missingBps ||
    a.missingMs - b.missingMs ||
    compareText(a.symbol, b.symbol) ||
    compareText(a.buyExchange, b.buyExchange) ||
    compareText(a.sellExchange, b.sellExchange)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
