/** Where a pair of usable markets is lost, and what it lacks. */

import type { Book } from '../../domain/book.ts';
import type { BalanceCap, BalanceRefusal } from '../../domain/modes.ts';
import { compare, toDecimal } from '../../domain/money.ts';
import type { TransferRefusal } from '../../domain/transfer.ts';
import { feeBpsOf } from '../costs/leg-fee.ts';
import { depthOfMarket, type Judgement, type Pair, topEdgeBps } from '../detector.ts';
import { isSkewed, judgeBook, skewMsOf } from '../guards.ts';
import type { MarketRecord } from '../market-state.ts';
import { toBookReason } from './explain-market.ts';
import type { ExplainParts } from './parts.ts';
import type { MarketReason, PairReason, Stage } from './reasons.ts';

export interface PairLoss {
  readonly stage: Stage;
  readonly reason: MarketReason | PairReason;
}

/** Where a pair is lost, or, when it is an opportunity, which balance makes it smaller. */
export interface PairVerdict {
  /** Null when the pair is an opportunity now. */
  readonly loss: PairLoss | null;
  readonly cappedBy: BalanceCap | null;
}

/** Both markets pass their guards. */
export function explainPair(pair: Pair, parts: ExplainParts): PairVerdict {
  const { buy, sell } = pair;
  const { settings, nowMs } = parts;
  if (buy.quote === null || sell.quote === null)
    throw new Error('BUG: a usable market has a quote');
  if (isSkewed(buy.quote, sell.quote, settings.maxSkewMs)) {
    const skewMs = skewMsOf(buy.quote, sell.quote);
    return lost({ stage: 'skew', reason: toSkewReason(skewMs, settings.maxSkewMs) });
  }
  const isOpen = parts.isOpen(pair);
  const leastBps = isOpen ? settings.closeEdgeBps : settings.openEdgeBps;
  if (!(topEdgeBps(buy, sell) > leastBps)) {
    return lost(explainTop(pair, buy.quote.ask, sell.quote.bid, leastBps));
  }
  const judgement = parts.detector.judge(pair, isOpen, nowMs);
  const { confirmation } = judgement;
  if (!confirmation.found) return lost(explainDepth(judgement, leastBps, parts));
  return { loss: null, cappedBy: confirmation.edge.cappedBy ?? null };
}

/** @param loss - of a pair that is no opportunity. */
export function lost(loss: PairLoss): PairVerdict {
  return { loss, cappedBy: null };
}

function explainTop(pair: Pair, ask: number, bid: number, leastBps: number): PairLoss {
  const grossBps = (bid / ask - 1) * 10_000;
  const shortage = toShortage(pair, ask, bid, leastBps);
  if (grossBps > 0) return { stage: 'fees', reason: { code: 'edge_short', ...shortage } };
  const { missingBps } = shortage;
  return { stage: 'gross', reason: { code: 'no_gross_spread', grossBps, missingBps } };
}

function explainDepth(
  { pair, confirmation }: Judgement,
  leastBps: number,
  parts: ExplainParts,
): PairLoss {
  const { buy, sell } = pair;
  const books = { buy: depthOfMarket(buy, parts.source), sell: depthOfMarket(sell, parts.source) };
  if (books.buy === null || books.sell === null) {
    const lacking = [buy, sell].filter((side) => depthOfMarket(side, parts.source) === null);
    return { stage: 'depth', reason: { code: 'depth_unknown', exchanges: lacking.map(nameOf) } };
  }
  if (confirmation.found) throw new Error('BUG: an opportunity needs no explanation');
  if (confirmation.refusal !== undefined) return toRefusalLoss(confirmation.refusal);
  switch (confirmation.reason) {
    case 'book_too_thin':
      return { stage: 'limits', reason: toMinimumReason(pair) };
    case 'edge_below_threshold':
      return { stage: 'depth', reason: toDepthShortage(pair, books.buy, books.sell, leastBps) };
    case 'book_invalid':
      return {
        stage: 'depth',
        reason: { code: 'book_invalid', exchanges: [buy, sell].map(nameOf) },
      };
    case 'legs_skewed': {
      const skewMs = skewMsOf(books.buy, books.sell);
      return { stage: 'depth', reason: toSkewReason(skewMs, parts.settings.maxSkewMs) };
    }
    default:
      return { stage: 'depth', reason: explainBooks([books.buy, books.sell], parts) };
  }
}

/** What is held is a limit of its own; everything else is a matter of the way. */
function toRefusalLoss(reason: TransferRefusal | BalanceRefusal): PairLoss {
  const isBalance = reason.code === 'balance_missing' || reason.code === 'balance_too_small';
  return { stage: isBalance ? 'limits' : 'transfer', reason };
}

/** The first book that fails a guard of its own. */
function explainBooks(books: readonly Book[], { settings, nowMs }: ExplainParts): MarketReason {
  for (const book of books) {
    const guard = judgeBook(book, nowMs, settings);
    if (guard !== null) return toBookReason(book, guard, nowMs, settings);
  }
  throw new Error('BUG: a guard failed on neither book');
}

/** A fee can be lowered on both legs alike; what is missing is counted up to the threshold. */
function toShortage({ buy, sell }: Pair, ask: number, bid: number, leastBps: number) {
  const edgeBps = netEdgeBps(ask, bid, feeBpsOf(buy.market, 'buy'), feeBpsOf(sell.market, 'sell'));
  return {
    edgeBps,
    missingBps: Math.max(0, leastBps - edgeBps),
    takerBpsAtWhichItOpens: openingTakerBps(ask, bid, leastBps),
  };
}

function netEdgeBps(ask: number, bid: number, buyBps: number, sellBps: number): number {
  const ratio = (bid * (1 - sellBps / 10_000)) / (ask * (1 + buyBps / 10_000));
  return (ratio - 1) * 10_000;
}

/**
 * The taker fee t, the same on both legs, at which bid(1 − t) = ask(1 + t)(1 + θ): below it the pair opens. With
 * r = bid/ask: t = (r − 1 − θ) / (r + 1 + θ). Basis points; null when it is not above 0.
 */
export function openingTakerBps(ask: number, bid: number, leastBps: number): number | null {
  const ratio = bid / ask;
  const least = 1 + leastBps / 10_000;
  const takerBps = ((ratio - least) / (ratio + least)) * 10_000;
  return takerBps > 0 ? takerBps : null;
}

function toDepthShortage(pair: Pair, buy: Book, sell: Book, leastBps: number): PairReason {
  const ask = buy.asks[0]?.[0] ?? Number.NaN;
  const bid = sell.bids[0]?.[0] ?? Number.NaN;
  return { code: 'edge_short_at_depth', ...toShortage(pair, ask, bid, leastBps) };
}

function toMinimumReason({ buy, sell }: Pair): PairReason {
  return {
    code: 'below_minimum',
    minSizeInBase: greaterOf(buy.market.minSizeInBase, sell.market.minSizeInBase),
    minCostInQuote: greaterOf(buy.market.minCostInQuote, sell.market.minCostInQuote),
  };
}

function greaterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compare(toDecimal(a), toDecimal(b)) >= 0 ? a : b;
}

function toSkewReason(skewMs: number, maxSkewMs: number): PairReason {
  return { code: 'legs_skewed', skewMs, maxSkewMs };
}

function nameOf({ market }: MarketRecord): string {
  return market.exchange;
}
