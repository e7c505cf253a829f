/** `GET /api/convert`: the best path from one asset to another for an amount, at depth. */

import { convert } from '../../detect/conversion/convert.ts';
import type { ConversionMarket } from '../../detect/conversion/edges.ts';
import { toDecimal, toDecimalString } from '../../domain/money.ts';
import { toConversionMarkets } from '../../pipeline/conversion-markets.ts';
import { defineRoute } from '../define-route.ts';
import { HttpProblem } from '../problem.ts';
import { conversion, convertQuery } from '../schemas/conversion.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { readUsableDepth } from '../usable-depth.ts';
import { createInvalidInput } from '../validation.ts';

const DEFAULT_LEGS_COUNT = 3;

export function convertRoute(services: HttpServices) {
  const { clock, feed, pipeline } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/api/convert',
      tags: ['Markets'],
      summary: 'The best path from one asset to another for an amount, at depth, after taker fees',
      description:
        'Each trade is made on one exchange from what is held there. Books that do not stream are fetched for the markets of the best path. Lots and least sizes are not applied.',
      request: { query: convertQuery },
      responses: {
        200: {
          description: 'The trades, or why there are none',
          content: { 'application/json': { schema: conversion } },
        },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    async (c) => {
      const { from, to, amount, maxLegs = DEFAULT_LEGS_COUNT } = c.req.valid('query');
      if (from === to) {
        throw createInvalidInput([{ in: 'query', field: 'to', expected: 'another asset' }]);
      }
      const request = { from, to, amount: toDecimal(amount), maxLegsCount: maxLegs };
      const markets = toConversionMarkets(pipeline.market);
      const found = convert(await withDepth(services, markets, request), request);
      if (!found.found && found.reason === 'asset_unknown') {
        throw new HttpProblem('asset_unknown', 'No market that is watched trades one of them.');
      }
      const asked = { source: feed.source, atMs: clock.nowMs(), from, to };
      return c.json({ ...asked, amountIn: toDecimalString(request.amount), ...found }, 200);
    },
  );
}

/**
 * Where only quotes stream, the path that would be best if they were deep says whose books are worth fetching; all
 * exchanges of its symbols are asked, from the cache when it has them.
 */
async function withDepth(
  services: HttpServices,
  markets: readonly ConversionMarket[],
  request: Parameters<typeof convert>[1],
): Promise<readonly ConversionMarket[]> {
  const shallow = convert(markets.map(asDeep), request);
  const symbols = shallow.found ? new Set(shallow.legs.map(({ symbol }) => symbol)) : [];
  const deepened = new Map<ConversionMarket, ConversionMarket>();
  for (const symbol of symbols) {
    const wanted = markets.filter(
      ({ market, hasDepth, guard }) => market.symbol === symbol && !hasDepth && guard === null,
    );
    const exchanges = wanted.map(({ market }) => market.exchange);
    const books = await readUsableDepth(services, symbol, exchanges);
    for (const source of wanted) {
      const book = books.get(source.market.exchange);
      if (book === undefined) continue;
      deepened.set(source, { ...source, bids: book.bids, asks: book.asks, hasDepth: true });
    }
  }
  return markets.map((source) => deepened.get(source) ?? source);
}

/** A market without depth as if its best levels held everything; only to choose what to fetch. */
function asDeep(source: ConversionMarket): ConversionMarket {
  if (source.hasDepth) return source;
  const deepen = (levels: ConversionMarket['bids']) =>
    levels.map(([price]) => [price, BOTTOMLESS_SIZE] as const);
  return { ...source, bids: deepen(source.bids), asks: deepen(source.asks) };
}

/** More base units than any amount of a request buys. */
const BOTTOMLESS_SIZE = 1e60;
