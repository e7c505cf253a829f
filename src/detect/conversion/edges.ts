/** Markets as ways from one asset to another. */

import type { Level } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import type { Quote } from '../../domain/quote.ts';
import { isFeeInBase } from '../costs/leg-fee.ts';
import type { Guard } from '../guards.ts';

/** A market as far as it can be used for a conversion. */
export interface ConversionMarket {
  readonly market: Market;
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** False when only the best prices are known. */
  readonly hasDepth: boolean;
  /** Null when the market may be used. */
  readonly guard: Guard | null;
}

/** One direction of one market. */
export interface ConversionEdge {
  readonly from: string;
  readonly to: string;
  readonly side: 'buy' | 'sell';
  readonly source: ConversionMarket;
  readonly levels: readonly Level[];
  /** What reaches the book of one unit given, and what is kept of one unit received: the taker fee. */
  readonly inRatio: number;
  readonly outRatio: number;
}

/** Edges by the asset given, then by the asset received. */
export type ConversionGraph = ReadonlyMap<string, ReadonlyMap<string, readonly ConversionEdge[]>>;

/** A market of which only the best prices are known. */
export function fromQuote(
  market: Market,
  quote: Quote | null,
  guard: Guard | null,
): ConversionMarket {
  const levels = (price: number, size: number): readonly Level[] =>
    price > 0 ? [[price, size]] : [];
  return {
    market,
    bids: quote === null ? [] : levels(quote.bid, quote.bidSize),
    asks: quote === null ? [] : levels(quote.ask, quote.askSize),
    hasDepth: false,
    guard,
  };
}

/** Spot markets only: a derivative does not deliver its base. */
export function toConversionGraph(markets: readonly ConversionMarket[]): ConversionGraph {
  const graph = new Map<string, Map<string, ConversionEdge[]>>();
  for (const source of markets.filter(({ market }) => !market.symbol.includes(':'))) {
    for (const edge of [toEdge(source, 'sell'), toEdge(source, 'buy')]) {
      const targets = graph.get(edge.from) ?? new Map<string, ConversionEdge[]>();
      const edges = targets.get(edge.to);
      if (edges === undefined) targets.set(edge.to, [edge]);
      else edges.push(edge);
      graph.set(edge.from, targets);
    }
  }
  return graph;
}

function toEdge(source: ConversionMarket, side: 'buy' | 'sell'): ConversionEdge {
  const { base, quote } = source.market;
  const ratio = source.market.takerBps / 10_000;
  const [inBase, inQuote] = isFeeInBase(source.market, side) ? [ratio, 0] : [0, ratio];
  return side === 'sell'
    ? {
        ...{ from: base, to: quote, side, source, levels: source.bids },
        inRatio: 1 / (1 + inBase),
        outRatio: 1 - inQuote,
      }
    : {
        ...{ from: quote, to: base, side, source, levels: source.asks },
        inRatio: 1 / (1 + inQuote),
        outRatio: 1 - inBase,
      };
}

/** What `amount` becomes on this edge, f64; 0 when the levels hold less. A size that is not known holds nothing. */
export function outputOf(edge: ConversionEdge, amount: number): number {
  let left = amount * edge.inRatio;
  let out = 0;
  for (const [price, size] of edge.levels) {
    const capacity = edge.side === 'sell' ? size : size * price;
    if (!(capacity > 0)) continue;
    const taken = Math.min(left, capacity);
    out += edge.side === 'sell' ? taken * price : taken / price;
    left -= taken;
    if (left <= 0) return out * edge.outRatio;
  }
  return 0;
}

/** What one unit becomes at the best price, without fee and without regard to depth, f64; 0 without a price. */
export function rateOf({ side, levels }: ConversionEdge): number {
  const price = levels[0]?.[0] ?? 0;
  if (!(price > 0)) return 0;
  return side === 'sell' ? price : 1 / price;
}
