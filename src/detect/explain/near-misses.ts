/** The pairs and cycles that lack least, of those whose prices can be believed. */

import type { CycleLoss } from './explain-cycle.ts';
import type { ConversionCycle } from './list-cycles.ts';
import type { CycleReason, MarketReason, PairReason, Stage } from './reasons.ts';
import { toSentence } from './sentence.ts';

/** One order of a cycle. */
export interface NearLeg {
  readonly side: 'buy' | 'sell';
  readonly exchange: string;
  readonly symbol: string;
}

export interface NearMiss {
  readonly kind: 'pair' | 'cycle';
  /** Of a cycle its route, such as `ADA>BTC>USDT`. */
  readonly symbol: string;
  /** Of a cycle those of its first and last order. */
  readonly buyExchange: string;
  readonly sellExchange: string;
  /** The orders of a cycle; absent of a pair. */
  readonly legs?: readonly NearLeg[];
  /** Of best prices, after taker fees, basis points. */
  readonly edgeBps: number;
  /** Up to the threshold, basis points; 0 when something else than the edge is missing. */
  readonly missingBps: number;
  /** Data older, or legs further apart in time, than allowed by so much, milliseconds; 0: in time. */
  readonly missingMs: number;
  /** Where it is lost. */
  readonly stage: Stage;
  readonly reason: MarketReason | PairReason | CycleReason;
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
  /** What lacks more than this is not kept: known once so many are. */
  let mostMissingBps = Number.POSITIVE_INFINITY;
  const cut = () => {
    kept = kept.sort(byMissing).slice(0, count);
    if (kept.length === count) mostMissingBps = kept.at(-1)?.missingBps ?? mostMissingBps;
  };
  const add = (miss: NearMiss | null): void => {
    if (miss === null || miss.missingBps > mostMissingBps) return;
    kept.push(miss);
    // Sorting now and then keeps the list short without sorting at each step.
    if (kept.length > 4 * count + 64) cut();
  };
  return {
    addPair(facts: NearFacts): void {
      add(toNearMiss({ kind: 'pair', ...facts }));
    },
    addCycle(conversions: ConversionCycle, loss: CycleLoss): void {
      if (!(loss.leastBps - loss.edgeBps <= mostMissingBps)) return;
      add(toNearMiss({ ...toCycleFacts(conversions, loss), reason: loss.describe() }));
    },
    read(): readonly NearMiss[] {
      cut();
      return kept;
    },
  };
}

function toCycleFacts(conversions: ConversionCycle, { stage, edgeBps, leastBps }: CycleLoss) {
  const legs = conversions.flatMap(({ leg }) =>
    leg === null
      ? []
      : [
          {
            side: leg.side,
            exchange: leg.record.market.exchange,
            symbol: leg.record.market.symbol,
          },
        ],
  );
  return {
    kind: 'cycle' as const,
    symbol: conversions.map(({ from }) => from).join('>'),
    buyExchange: legs[0]?.exchange ?? '',
    sellExchange: legs.at(-1)?.exchange ?? '',
    legs,
    edgeBps,
    leastBps,
    stage,
  };
}

type Facts = Omit<NearMiss, 'missingBps' | 'missingMs' | 'sentence'> & Pick<NearFacts, 'leastBps'>;

function toNearMiss({ leastBps, ...facts }: Facts): NearMiss | null {
  // The network takes more than the book holds: nothing says how far that is from an edge.
  if (facts.reason.code === 'edge_short_after_transfer' && facts.reason.edgeBps === null)
    return null;
  const missingMs = missingMsOf(facts.reason);
  const missingBps = missingBpsOf(facts.reason) ?? Math.max(0, leastBps - facts.edgeBps);
  if (missingMs === null || !Number.isFinite(missingBps)) return null;
  return { ...facts, missingBps, missingMs, sentence: toSentence(facts.reason, facts.kind) };
}

/** Null when the prices of the pair say nothing: missing, contradictory, or far too old. */
function missingMsOf(reason: NearMiss['reason']): number | null {
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
    case 'leg_below_minimum':
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

function missingBpsOf(reason: NearMiss['reason']): number | null {
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
