/** `GET /api/valuation`: what the quote assets are worth in one of them, by live prices, and which have left their peg. */

import { createValuer, type Valuer } from '../../detect/conversion/valuation.ts';
import { parseSymbol } from '../../domain/market.ts';
import {
  quoteAssetsOf,
  toConversionMarkets,
  valuationSymbolsOf,
} from '../../pipeline/conversion-markets.ts';
import { defineRoute } from '../define-route.ts';
import { HttpProblem } from '../problem.ts';
import { type AssetValue, valuation, valuationQuery } from '../schemas/conversion.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';

export function valuationRoute({ clock, feed, pipeline }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/valuation',
      tags: ['Markets'],
      summary: 'What each quote asset is worth in another by live prices, and the pegs',
      description:
        'No asset is taken for another by its name. A value without fresh markets behind it is null, with the reason.',
      request: { query: valuationQuery },
      responses: {
        200: { description: 'Values', content: { 'application/json': { schema: valuation } } },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    (c) => {
      const symbols = pipeline.market.symbols();
      const assets = quoteAssetsOf(symbols);
      const reference = c.req.valid('query').in ?? mostUsedQuote(symbols);
      if (reference === null || !assets.includes(reference)) {
        throw new HttpProblem('asset_unknown', 'No symbol that is watched is quoted in it.');
      }
      const markets = toConversionMarkets(pipeline.market, valuationSymbolsOf(symbols));
      const valuer = createValuer(markets);
      const values = assets.map((asset) => toValueJson(valuer, asset, reference));
      const answer = { source: feed.source, atMs: clock.nowMs(), reference };
      return c.json({ ...answer, assets: values, pegs: pipeline.pegs() }, 200);
    },
  );
}

function toValueJson(valuer: Valuer, asset: string, reference: string): AssetValue {
  const value = valuer.valueOf(asset, reference);
  if (!value.found) {
    const { reason } = value;
    return { asset, rate: null, sellRate: null, buyRate: null, path: [], reason };
  }
  const { rate, sellRate, buyRate, path } = value;
  return { asset, rate, sellRate, buyRate, path, reason: null };
}

/** The asset that most symbols are quoted in; of equals the first. Null without symbols. */
function mostUsedQuote(symbols: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const symbol of symbols) {
    const { quote } = parseSymbol(symbol);
    counts.set(quote, (counts.get(quote) ?? 0) + 1);
  }
  return [...counts].reduce<readonly [string | null, number]>(
    (best, [quote, count]) => (count > best[1] ? [quote, count] : best),
    [null, 0],
  )[0];
}
