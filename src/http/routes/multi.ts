/** `GET /api/multi/:symbol`: all asks against all bids of one symbol, over all exchanges at once. */

import type { ConversionMarket } from '../../detect/conversion/edges.ts';
import type { Allocation } from '../../detect/costs/ladder-merge.ts';
import { type LegSide, toLegFee } from '../../detect/costs/leg-fee.ts';
import { allocateMulti, type MultiAllocation } from '../../detect/costs/multi.ts';
import { toNetLadder } from '../../detect/costs/net-ladder.ts';
import { toBps } from '../../detect/costs/pair-waterfall.ts';
import { compare, toDecimal, toDecimalString, ZERO } from '../../domain/money.ts';
import { fromSnapshot } from '../../pipeline/conversion-markets.ts';
import { defineRoute } from '../define-route.ts';
import { symbolParams } from '../schemas/common.ts';
import { multi, multiQuery } from '../schemas/multi.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { snapshotsOf } from '../tickers.ts';
import { readUsableDepth } from '../usable-depth.ts';

export function multiRoute(services: HttpServices) {
  const { clock, feed } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/api/multi/{symbol}',
      tags: ['Markets'],
      summary: 'All asks of a symbol against all its bids, over all exchanges at once',
      description:
        'The size of greatest profit after taker fees, and what each exchange gives and takes. Books that do not stream are fetched. Lots and least sizes are not applied, and what is bought must be held where it is sold.',
      request: { params: symbolParams, query: multiQuery },
      responses: {
        200: { description: 'The allocation', content: { 'application/json': { schema: multi } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    async (c) => {
      const { symbol } = c.req.valid('param');
      const { minEdgeBps = 0, maxBase } = c.req.valid('query');
      const markets = await readMarkets(services, symbol);
      const limits = {
        minEdgeBps,
        maxSizeInBase: maxBase === undefined ? null : toDecimal(maxBase),
      };
      const result = allocateMulti(laddersOf(markets, 'buy'), laddersOf(markets, 'sell'), limits);
      const asked = { symbol, source: feed.source, atMs: clock.nowMs() };
      return c.json({ ...asked, ...toMultiJson(result), exchanges: markets.map(toUse) }, 200);
    },
  );
}

/** @throws {HttpProblem} `symbol_unknown`. */
async function readMarkets(
  services: HttpServices,
  symbol: string,
): Promise<readonly ConversionMarket[]> {
  const markets = snapshotsOf(services.pipeline.market, symbol).map(fromSnapshot);
  const wanted = markets.filter(({ guard, hasDepth }) => guard === null && !hasDepth);
  const exchanges = wanted.map(({ market }) => market.exchange);
  const books = await readUsableDepth(services, symbol, exchanges);
  return markets.map((source) => {
    const book = source.guard === null ? books.get(source.market.exchange) : undefined;
    if (book === undefined) return source;
    return { ...source, bids: book.bids, asks: book.asks, hasDepth: true };
  });
}

function laddersOf(markets: readonly ConversionMarket[], side: LegSide) {
  return markets
    .filter(({ guard }) => guard === null)
    .map(({ market, asks, bids }) =>
      toNetLadder(market.exchange, side === 'buy' ? asks : bids, side, toLegFee(market, side)),
    );
}

function toUse({ market, guard, hasDepth }: ConversionMarket) {
  const known = hasDepth ? ('book' as const) : ('quote' as const);
  return { exchange: market.exchange, depth: guard === null ? known : ('none' as const) };
}

function toMultiJson(result: MultiAllocation) {
  const { sizeInBase, costInQuote, proceedsInQuote, profitInQuote, buys, sells } = result;
  const hasSize = compare(costInQuote, ZERO) > 0;
  return {
    sizeInBase: toDecimalString(sizeInBase),
    costInQuote: toDecimalString(costInQuote),
    proceedsInQuote: toDecimalString(proceedsInQuote),
    profitInQuote: toDecimalString(profitInQuote),
    edgeBps: hasSize ? toBps(profitInQuote, costInQuote) : null,
    buys: buys.map(toAllocationJson),
    sells: sells.map(toAllocationJson),
  };
}

function toAllocationJson(allocation: Allocation) {
  const { exchange, sizeInBase, amountInQuote, limitPriceInQuote, levelsCount } = allocation;
  return {
    exchange,
    sizeInBase: toDecimalString(sizeInBase),
    amountInQuote: toDecimalString(amountInQuote),
    limitPriceInQuote: toDecimalString(limitPriceInQuote),
    levelsCount,
  };
}
