/** Schemas of exchanges, tickers, market data and spreads. */

import { z } from '@hono/zod-openapi';
import { bps, count, decimal, guard, orNull, reason, source, timeMs } from './common.ts';

const ageMs = z.number().openapi({ description: 'Milliseconds since it arrived' });

export const exchangeStatus = z
  .object({
    exchange: z.string(),
    state: z.enum(['connecting', 'live', 'degraded', 'down', 'closed']),
    transport: z.enum(['websocket', 'rest', 'recording', 'synthetic', 'push']),
    reason: orNull(reason, 'Null when the state is `live`'),
    marketsCount: count,
    updatesCount: count,
    skippedCount: count.openapi({ description: 'Updates replaced by newer ones before use' }),
    failuresCount: count.openapi({ description: 'Failures since the last success' }),
    lastUpdateAtMs: timeMs.nullable(),
    roundTripMs: z.number().nullable().openapi({ description: 'Last measured round trip' }),
    clockOffsetMs: z.number().nullable().openapi({
      description: 'Its clock less ours, milliseconds; ages by its times take it into account',
    }),
    retryAtMs: timeMs.nullable(),
  })
  .openapi('ExchangeStatus');

const omittedSymbol = z
  .object({
    symbol: z.string(),
    reason: z.enum(['fewer_than_two_exchanges', 'over_capacity']),
    exchanges: z.array(z.string()).readonly().openapi({ description: 'Exchanges that have it' }),
  })
  .openapi('OmittedSymbol');

export const exchangeList = z
  .object({
    source,
    atMs: timeMs,
    exchanges: z.array(exchangeStatus).readonly(),
    omittedSymbols: z
      .array(omittedSymbol)
      .readonly()
      .openapi({ description: 'Symbols that are not watched, and why' }),
  })
  .openapi('ExchangeList');

export const quote = z
  .object({
    bid: decimal.nullable().openapi({ description: 'Best bid; null when nobody bids' }),
    bidSizeInBase: decimal.nullable(),
    ask: decimal.nullable().openapi({ description: 'Best ask; null when nobody asks' }),
    askSizeInBase: decimal.nullable(),
    exchangeTimeMs: timeMs.nullable(),
    receivedAtMs: timeMs,
    ageMs,
  })
  .openapi('Quote');

export const ticker = z
  .object({
    exchange: z.string(),
    takerBps: bps,
    guard: orNull(guard, 'Null when the market takes part'),
    quote: orNull(quote),
  })
  .openapi('Ticker');

const bestSide = z.object({ exchange: z.string(), price: decimal }).nullable();

export const tickerList = z
  .object({
    symbol: z.string(),
    source,
    atMs: timeMs,
    best: z
      .object({ bid: bestSide, ask: bestSide })
      .openapi({ description: 'Over the markets that take part, before fees' }),
    tickers: z.array(ticker).readonly(),
  })
  .openapi('TickerList');

const level = z
  .tuple([decimal, decimal])
  .readonly()
  .openapi({ description: 'Price in quote units, size in base units' });

export const book = z
  .object({
    origin: z.enum(['stream', 'fetched', 'cache']).openapi({
      description: 'Streamed by the exchange, fetched for this request, or fetched lately',
    }),
    bids: z.array(level).readonly(),
    asks: z.array(level).readonly(),
    exchangeTimeMs: timeMs.nullable(),
    receivedAtMs: timeMs,
    ageMs,
  })
  .openapi('Book');

export const marketData = z
  .object({
    symbol: z.string(),
    source,
    atMs: timeMs,
    cache: z.object({
      hit: z.boolean().openapi({
        description: 'True when depth was needed and the cache had all of it',
      }),
      ttlMs: z.number(),
    }),
    exchanges: z
      .array(
        z
          .object({
            exchange: z.string(),
            market: z.object({
              takerBps: bps,
              makerBps: bps,
              priceStep: decimal.nullable(),
              sizeStep: decimal.nullable(),
              minSizeInBase: decimal.nullable(),
              maxSizeInBase: decimal.nullable(),
              minCostInQuote: decimal.nullable(),
              isActive: z.boolean(),
            }),
            guard: orNull(guard),
            quote: orNull(quote),
            book: orNull(book),
            error: orNull(reason, 'Why there is no book'),
          })
          .openapi('ExchangeMarketData'),
      )
      .readonly(),
  })
  .openapi('MarketData');

const matrix = z
  .array(z.array(bps.nullable()).readonly())
  .readonly()
  .openapi({
    description: 'Row: exchange bought on; column: exchange sold on; null where a side is missing',
    example: [
      [null, 12.4],
      [-15.1, null],
    ],
  });

export const spreadMatrix = z
  .object({
    symbol: z.string(),
    source,
    atMs: timeMs,
    exchanges: z.array(ticker).readonly().openapi({ description: 'Order of rows and columns' }),
    grossBps: matrix,
    netBps: matrix.openapi({ description: 'After the taker fees of both exchanges' }),
    best: z
      .object({
        buyExchange: z.string(),
        sellExchange: z.string(),
        grossBps: bps,
        netBps: bps,
      })
      .nullable()
      .openapi({ description: 'The greatest net spread' }),
  })
  .openapi('SpreadMatrix');
