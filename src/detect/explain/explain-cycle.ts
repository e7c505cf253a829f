/** Why one cycle is no opportunity: the first stage that it fails, and what it lacks. */

import type { Book } from '../../domain/book.ts';
import { takerBpsFor } from '../costs/break-even-taker.ts';
import { toPriceRatio } from '../costs/leg-fee.ts';
import type { CycleConfirmation } from '../cycles/confirm-cycle.ts';
import { type Cycle, type CycleLeg, toRoute } from '../cycles/cycle.ts';
import { depthOfMarket } from '../detector.ts';
import { judgeBook, type Times } from '../guards.ts';
import type { ExplainedConversion } from './cycle-conversions.ts';
import { toBookReason } from './explain-market.ts';
import type { ConversionCycle } from './list-cycles.ts';
import type { CycleExplainParts, ExplainParts } from './parts.ts';
import type { CycleReason, MarketReason, Stage } from './reasons.ts';

export interface CycleLoss {
  readonly stage: Stage;
  readonly code: (CycleReason | MarketReason)['code'];
  /** Of best prices, after taker fees, basis points; NaN when a leg has no usable market. */
  readonly edgeBps: number;
  /** The threshold that the cycle would have to pass, basis points. */
  readonly leastBps: number;
  /** Made when it is asked for: there are many cycles, and few are told in detail. */
  readonly describe: () => CycleReason | MarketReason;
}

/** A cycle whose legs all have a usable market. */
interface Usable {
  readonly legs: readonly CycleLeg[];
  readonly edgeBps: number;
  readonly leastBps: number;
}

/** Null when the cycle is an opportunity now. */
export function explainCycle(
  conversions: ConversionCycle,
  parts: ExplainParts,
  cycles: CycleExplainParts,
): CycleLoss | null {
  const { openEdgeBps, closeEdgeBps, maxSkewMs } = parts.settings;
  const unusable = conversions.find(({ leg }) => leg === null);
  if (unusable !== undefined) return explainMarket(unusable, openEdgeBps);
  const legs = conversions.flatMap(({ leg }) => leg ?? []);
  const product = productOf(conversions, ({ netRate }) => netRate);
  const usable = { legs, edgeBps: (product - 1) * 10_000, leastBps: openEdgeBps };
  const skewMs = skewOf(legs.flatMap(({ record }) => record.quote ?? []));
  if (!(skewMs <= maxSkewMs))
    return lose(usable, 'skew', { code: 'legs_skewed', skewMs, maxSkewMs });
  // Whether it is open matters, and is looked up, for few: what is at or below both thresholds is not.
  if (!(product > 1 + closeEdgeBps / 10_000)) return explainTop(conversions, usable);
  const cycle = toCycle(conversions, legs);
  const isOpen = cycles.isOpen(cycle);
  const judged = { ...usable, leastBps: isOpen ? closeEdgeBps : openEdgeBps };
  if (!(product > 1 + judged.leastBps / 10_000)) return explainTop(conversions, judged);
  const { confirmation } = cycles.judge(cycle, isOpen, parts.nowMs);
  return confirmation.found ? null : explainDepth(judged, confirmation, parts);
}

function lose(
  { edgeBps, leastBps }: Omit<Usable, 'legs'>,
  stage: Stage,
  reason: CycleReason | MarketReason,
): CycleLoss {
  return { stage, code: reason.code, edgeBps, leastBps, describe: () => reason };
}

function explainMarket({ reason, from, to }: ExplainedConversion, leastBps: number): CycleLoss {
  if (reason === null) throw new Error(`BUG: no market turns ${from} into ${to}, and none failed`);
  return lose({ edgeBps: Number.NaN, leastBps }, 'markets', reason);
}

function explainTop(conversions: ConversionCycle, usable: Usable): CycleLoss {
  const { edgeBps, leastBps } = usable;
  const grossBps = (productOf(conversions, ({ grossRate }) => grossRate) - 1) * 10_000;
  if (!(grossBps > 0)) {
    const missingBps = Math.max(0, leastBps - edgeBps);
    return lose(usable, 'gross', { code: 'no_gross_spread', grossBps, missingBps });
  }
  const prices = conversions.map(({ leg, grossRate }) =>
    leg?.side === 'buy' ? 1 / grossRate : grossRate,
  );
  const describe = () => ({ code: 'edge_short' as const, ...shortageOf(usable, prices) });
  return { stage: 'fees', code: 'edge_short', edgeBps, leastBps, describe };
}

/** @param prices - of each leg, before fees. */
function shortageOf({ legs, edgeBps, leastBps }: Usable, prices: readonly number[]) {
  const priced = legs.map(({ side }, leg) => ({ side, price: prices[leg] ?? Number.NaN }));
  const takerBps = takerBpsFor(priced, 1 + leastBps / 10_000);
  return {
    edgeBps,
    missingBps: Math.max(0, leastBps - edgeBps),
    takerBpsAtWhichItOpens: takerBps > 0 ? takerBps : null,
  };
}

function explainDepth(
  usable: Usable,
  { reason, refusal }: Extract<CycleConfirmation, { found: false }>,
  parts: ExplainParts,
): CycleLoss {
  const { legs } = usable;
  const { maxSkewMs } = parts.settings;
  const lacking = legs.filter(({ record }) => depthOfMarket(record, parts.source) === null);
  if (lacking.length > 0) {
    return lose(usable, 'depth', { code: 'depth_unknown', exchanges: exchangesOf(lacking) });
  }
  const books = legs.flatMap(({ record }) => depthOfMarket(record, parts.source) ?? []);
  if (refusal !== undefined) {
    const isBalance = refusal.code === 'balance_missing' || refusal.code === 'balance_too_small';
    return lose(usable, isBalance ? 'limits' : 'transfer', refusal);
  }
  switch (reason) {
    case 'book_too_thin':
      return lose(usable, 'limits', { code: 'leg_below_minimum', legs: legs.map(toMinimum) });
    case 'edge_below_threshold':
      return lose(usable, 'depth', toDepthShortage(usable, books));
    case 'book_invalid':
      return lose(usable, 'depth', { code: 'book_invalid', exchanges: exchangesOf(legs) });
    case 'legs_skewed':
      return lose(usable, 'depth', { code: 'legs_skewed', skewMs: skewOf(books), maxSkewMs });
    default:
      return lose(usable, 'depth', toFirstBookReason(books, parts));
  }
}

/** The books may be newer than the quotes: what is missing is counted from their best prices. */
function toDepthShortage(usable: Usable, books: readonly Book[]): CycleReason {
  const prices = usable.legs.map(({ side }, leg) => {
    const book = books[leg];
    return (side === 'buy' ? book?.asks[0]?.[0] : book?.bids[0]?.[0]) ?? Number.NaN;
  });
  const product = usable.legs.reduce((sum, { side, record }, leg) => {
    const price = prices[leg] ?? Number.NaN;
    const ratio = toPriceRatio(record.market, side);
    return side === 'buy' ? sum / (price * (1 + ratio)) : sum * price * (1 - ratio);
  }, 1);
  const atDepth = { ...usable, edgeBps: (product - 1) * 10_000 };
  return { code: 'edge_short_at_depth', ...shortageOf(atDepth, prices) };
}

function toFirstBookReason(
  books: readonly Book[],
  { settings, nowMs }: ExplainParts,
): MarketReason {
  for (const book of books) {
    const guard = judgeBook(book, nowMs, settings);
    if (guard !== null) return toBookReason(book, guard, nowMs, settings);
  }
  throw new Error('BUG: a guard failed on none of the books');
}

function toMinimum({ record: { market } }: CycleLeg) {
  const { exchange, symbol, sizeStep, minSizeInBase, minCostInQuote } = market;
  return { exchange, symbol, sizeStep, minSizeInBase, minCostInQuote };
}

function exchangesOf(legs: readonly CycleLeg[]): readonly string[] {
  return [...new Set(legs.map(({ record }) => record.market.exchange))];
}

function productOf(
  conversions: ConversionCycle,
  rateOf: (conversion: ExplainedConversion) => number,
): number {
  return conversions.reduce((product, conversion) => product * rateOf(conversion), 1);
}

function toCycle(conversions: ConversionCycle, legs: readonly CycleLeg[]): Cycle {
  const assets = conversions.map(({ from }) => from);
  return { route: toRoute(assets), assets, legs };
}

/** How far apart in time the two furthest are, milliseconds; as `skewMsOf`, over all. */
function skewOf(times: readonly Times[]): number {
  const received = times.map(({ receivedAtMs }) => receivedAtMs);
  const made = times.flatMap(({ exchangeTimeMs }) => exchangeTimeMs ?? []);
  return Math.max(rangeOf(received), rangeOf(made));
}

function rangeOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}
