/**
 * What an asset is worth in another, by live prices alone: no asset is taken for another by its name. The value of an
 * asset without a usable chain of markets is not known, and is never guessed.
 */

import { type ConversionFailure, failureOf } from './convert.ts';
import { type ConversionGraph, type ConversionMarket, rateOf, toConversionGraph } from './edges.ts';
import { searchPath } from './search.ts';

export type Valuation =
  | {
      readonly found: true;
      /** Units of the reference that one unit is sold for at the best prices, before fees. */
      readonly sellRate: number;
      /** Units of the reference that one unit is bought for at the best prices, before fees. */
      readonly buyRate: number;
      /** Their middle. */
      readonly rate: number;
      /** Assets on the way, both ends included, of the sale. */
      readonly path: readonly string[];
    }
  | { readonly found: false; readonly reason: ConversionFailure };

/** Longest chain of trades by which an asset is valued. */
export const MAX_VALUATION_LEGS_COUNT = 3;

export interface Valuer {
  valueOf(asset: string, reference: string): Valuation;
}

/** Values assets by one state of the markets. */
export function createValuer(markets: readonly ConversionMarket[]): Valuer {
  const graph = toConversionGraph(markets.filter(({ guard }) => guard === null));
  return { valueOf: (asset, reference) => valueIn(graph, markets, asset, reference) };
}

function valueIn(
  graph: ConversionGraph,
  markets: readonly ConversionMarket[],
  asset: string,
  reference: string,
): Valuation {
  if (asset === reference) {
    return { found: true, sellRate: 1, buyRate: 1, rate: 1, path: [asset] };
  }
  const bestRate = (from: string, to: string) =>
    searchPath(
      graph,
      from,
      to,
      1,
      MAX_VALUATION_LEGS_COUNT,
      (edge, amount) => rateOf(edge) * amount,
    );
  const sale = bestRate(asset, reference);
  const purchase = bestRate(reference, asset);
  if (sale === null || purchase === null) {
    const request = { from: asset, to: reference, maxLegsCount: MAX_VALUATION_LEGS_COUNT };
    const reason = failureOf(markets, request);
    return { found: false, reason };
  }
  const buyRate = 1 / purchase.output;
  return {
    found: true,
    sellRate: sale.output,
    buyRate,
    rate: (sale.output + buyRate) / 2,
    path: [asset, ...sale.edges.map(({ to }) => to)],
  };
}
