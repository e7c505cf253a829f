/** `GET /api/market-data/:symbol`: all that is known of a symbol, with depth fetched where it does not stream. */

import { z } from '@hono/zod-openapi';
import type { Book, Level } from '../../domain/book.ts';
import { toDecimalString } from '../../domain/money.ts';
import type { MarketSnapshot } from '../../pipeline/ports.ts';
import { ATTR, SPAN } from '../../telemetry/names.ts';
import { withSpan } from '../../telemetry/spans.ts';
import { defineRoute } from '../define-route.ts';
import { type Depth, type DepthReason, readDepth } from '../depth.ts';
import { integerQuery, symbolParams } from '../schemas/common.ts';
import { marketData } from '../schemas/market.ts';
import { failed, invalid, unknown } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { snapshotsOf, toQuoteJson } from '../tickers.ts';

const DEFAULT_LEVELS_COUNT = 20;

const query = z.strictObject({
  levels: integerQuery({
    min: 0,
    max: 1_000,
    description: `Book levels a side; ${DEFAULT_LEVELS_COUNT} when absent, 0: quotes only`,
  }).optional(),
});

const NO_DEPTH: Depth = { isHit: false, books: new Map(), errors: new Map() };

export function marketDataRoute(services: HttpServices) {
  const { clock, config, feed, pipeline } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/api/market-data/{symbol}',
      tags: ['Markets'],
      summary: 'Quotes and books of a symbol on every exchange',
      description:
        'Quotes are the newest in memory. Books that do not stream are fetched and cached. An exchange that gives no book has an `error`; the others are not held up.',
      request: { params: symbolParams, query },
      responses: {
        200: {
          description: 'Market data',
          content: { 'application/json': { schema: marketData } },
        },
        400: invalid,
        404: unknown,
        500: failed,
      },
    },
    async (c) => {
      const { symbol } = c.req.valid('param');
      const levelsCount = c.req.valid('query').levels ?? DEFAULT_LEVELS_COUNT;
      snapshotsOf(pipeline.market, symbol);
      const depth = await readTracedDepth(services, symbol, levelsCount > 0);
      const atMs = clock.nowMs();
      const exchanges = snapshotsOf(pipeline.market, symbol).map((snapshot) =>
        toExchangeJson(snapshot, depth, levelsCount, atMs),
      );
      const cache = { hit: depth.isHit, ttlMs: config.cacheTtlMs };
      return c.json({ symbol, source: feed.source, atMs, cache, exchanges }, 200);
    },
  );
}

/** Depth of the exchanges that stream none, inside the span of the fetch. */
function readTracedDepth(
  services: HttpServices,
  symbol: string,
  isDepthWanted: boolean,
): Promise<Depth> {
  const { feed, pipeline, telemetry } = services;
  const snapshots = pipeline.market.snapshots(symbol);
  const attributes = {
    [ATTR.symbol]: symbol,
    [ATTR.source]: feed.source,
    [ATTR.exchangesCount]: snapshots.length,
  };
  return withSpan(telemetry.tracer, SPAN.fetchMarketData, { attributes }, async (span) => {
    const down = toDownReasons(services);
    const wanted = toWanted(snapshots).filter((exchange) => !down.has(exchange));
    const isNeeded = isDepthWanted && wanted.length > 0;
    const depth = isNeeded ? await readDepth(services, symbol, wanted) : NO_DEPTH;
    span.setAttribute(ATTR.cacheHit, depth.isHit);
    return isDepthWanted ? { ...depth, errors: new Map([...down, ...depth.errors]) } : depth;
  });
}

function toWanted(snapshots: readonly MarketSnapshot[]): string[] {
  return snapshots.filter(({ book }) => book === null).map(({ market }) => market.exchange);
}

/** An exchange that is down is not asked again by every request: the feed retries it at its own pace. */
function toDownReasons({ feed }: HttpServices): ReadonlyMap<string, DepthReason> {
  const down = feed.exchanges().filter(({ state }) => state === 'down' || state === 'closed');
  return new Map(
    down.map(({ exchange, reason }) => [
      exchange,
      reason ?? { code: 'exchange_failed', message: 'The exchange is down.' },
    ]),
  );
}

function toExchangeJson(snapshot: MarketSnapshot, depth: Depth, levelsCount: number, atMs: number) {
  const { market, quote, guard } = snapshot;
  const { exchange, takerBps, makerBps, priceStep, sizeStep, isActive } = market;
  const { minSizeInBase, maxSizeInBase, minCostInQuote } = market;
  const limits = { minSizeInBase, maxSizeInBase, minCostInQuote };
  const book = levelsCount === 0 ? null : toBookJson(snapshot, depth, levelsCount, atMs);
  return {
    exchange,
    market: { takerBps, makerBps, priceStep, sizeStep, ...limits, isActive },
    guard,
    quote: quote === null ? null : toQuoteJson(quote, atMs),
    book,
    error: book === null ? (depth.errors.get(exchange) ?? null) : null,
  };
}

function toBookJson(snapshot: MarketSnapshot, depth: Depth, levelsCount: number, atMs: number) {
  const found = depth.books.get(snapshot.market.exchange);
  if (snapshot.book !== null) return toLevels(snapshot.book, 'stream' as const, levelsCount, atMs);
  return found === undefined ? null : toLevels(found.book, found.origin, levelsCount, atMs);
}

function toLevels<Origin>(book: Book, origin: Origin, levelsCount: number, atMs: number) {
  const { exchangeTimeMs, receivedAtMs } = book;
  return {
    origin,
    bids: book.bids.slice(0, levelsCount).map(toLevelJson),
    asks: book.asks.slice(0, levelsCount).map(toLevelJson),
    exchangeTimeMs,
    receivedAtMs,
    ageMs: atMs - receivedAtMs,
  };
}

function toLevelJson([price, size]: Level): [string, string] {
  return [toDecimalString(price), toDecimalString(size)];
}
