/** `GET /api/basis`: funding and basis now; `GET /api/basis/history`: as they were. */

import type { BasisMarket } from '../../detect/basis/basis-market.ts';
import type { BasisKind } from '../../detect/basis/basis-pairs.ts';
import { type BasisResult, detectBasis } from '../../detect/basis/detect-basis.ts';
import { annualised, ratePerHour } from '../../detect/basis/funding-rate.ts';
import { toBasisSentence } from '../../detect/basis/sentence.ts';
import { toDecimalString } from '../../domain/money.ts';
import { type ReadBooks, toBasisMarkets, withBooks } from '../../pipeline/basis-markets.ts';
import { defineRoute } from '../define-route.ts';
import { basis, basisHistory, basisHistoryQuery, basisQuery } from '../schemas/basis.ts';
import { failed, invalid, unavailable } from '../schemas/problem.ts';
import type { HttpServices } from '../services.ts';
import { readUsableDepth } from '../usable-depth.ts';
import { withoutAbsent } from '../without-absent.ts';

const DEFAULT_LIMIT = 20;

export function basisRoute(services: HttpServices) {
  const { clock, config, feed, pipeline } = services;
  return defineRoute(
    {
      method: 'get',
      path: '/api/basis',
      tags: ['Opportunities'],
      summary: 'Funding and basis: what a position carries until its horizon, after all costs',
      description:
        'Perpetuals against spot, perpetuals against perpetuals of another exchange, dated contracts against spot. Both legs are filled from their books, in and out, with taker fees. Every directed pair is a carry or has exactly one reason. With `base`, books that do not stream are fetched; without, the best prices count for them. Empty where no contracts are watched (CONTRACTS).',
      request: { query: basisQuery },
      responses: {
        200: {
          description: 'Carries, and what others lack',
          content: { 'application/json': { schema: basis } },
        },
        400: invalid,
        500: failed,
      },
    },
    async (c) => {
      const { base, quote, kind, limit = DEFAULT_LIMIT, ...asked } = c.req.valid('query');
      const settings = {
        notionalInQuote: asked.notional ?? config.basisNotionalInQuote,
        horizonDays: asked.horizonDays ?? config.basisHorizonDays,
        maxFundingAgeMs: config.maxFundingAgeMs,
        maxFutureMs: config.maxFutureMs,
        maxSkewMs: config.maxSkewMs,
      };
      const all = toBasisMarkets(pipeline.market).filter(
        ({ market }) =>
          (base === undefined || market.base === base) &&
          (quote === undefined || market.quote === quote),
      );
      const readBooks: ReadBooks = (symbol, exchanges) =>
        readUsableDepth(services, symbol, exchanges);
      const markets = base === undefined ? all : await withBooks(all, readBooks);
      const atMs = clock.nowMs();
      const found = ofKind(detectBasis(markets, settings, atMs), kind);
      const { notionalInQuote, horizonDays } = settings;
      return c.json(
        {
          ...{ source: feed.source, atMs, notionalInQuote, horizonDays },
          ...toBasisJson(found, limit),
          funding: markets.flatMap((market) => toFundingJson(market, atMs) ?? []),
        },
        200,
      );
    },
  );
}

/** What is left of a result when one kind is asked for. */
function ofKind(result: BasisResult, kind: BasisKind | undefined): BasisResult {
  if (kind === undefined) return result;
  const edges = result.edges.filter((edge) => edge.kind === kind);
  const misses = result.misses.filter((miss) => miss.kind === kind);
  const counts = Map.groupBy(misses, ({ reason }) => reason.code);
  return {
    edges,
    misses,
    pairsCount: edges.length + misses.length,
    kindCounts: { ...result.kindCounts, ...zeroOthers(kind) },
    reasonCounts: Object.fromEntries([...counts].map(([code, of]) => [code, of.length])),
    pricedCount: result.pricedCount,
  };
}

function zeroOthers(kept: BasisKind): Partial<Record<BasisKind, number>> {
  const kinds: readonly BasisKind[] = ['perpetual_spot', 'perpetual_perpetual', 'dated_spot'];
  return Object.fromEntries(kinds.filter((kind) => kind !== kept).map((kind) => [kind, 0]));
}

/** @param limit - most carries, and most misses. */
export function toBasisJson(result: BasisResult, limit: number) {
  const { edges, misses, pairsCount, kindCounts, reasonCounts, pricedCount } = result;
  return {
    ...{
      pairsCount,
      kindCounts: { ...kindCounts },
      reasonCounts: { ...reasonCounts },
      pricedCount,
    },
    edges: edges.slice(0, limit),
    misses: misses
      .slice(0, limit)
      .map((miss) => ({ ...miss, sentence: toBasisSentence(miss.reason) })),
  };
}

function toFundingJson({ market, funding }: BasisMarket, nowMs: number) {
  if (funding === null) return null;
  const { exchange, symbol } = market;
  const { rateRatio, intervalMs, nextFundingAtMs, markPriceInQuote, indexPriceInQuote } = funding;
  const perHour = ratePerHour(funding);
  return {
    ...{ exchange, symbol, rateRatio, intervalMs },
    ratePerHour: perHour === null ? null : toDecimalString(perHour),
    annualisedRatio: perHour === null ? null : annualised(perHour),
    ...{ nextFundingAtMs, markPriceInQuote, indexPriceInQuote },
    ageMs: nowMs - funding.receivedAtMs,
  };
}

const DEFAULT_HISTORY_LIMIT = 50;

export function basisHistoryRoute({ clock, feed, store }: HttpServices) {
  return defineRoute(
    {
      method: 'get',
      path: '/api/basis/history',
      tags: ['Opportunities'],
      summary: 'Carries as they were: the best of each kind and pair of assets, every five minutes',
      description: 'From the store. Where nothing carried, nothing was kept.',
      request: { query: basisHistoryQuery },
      responses: {
        200: {
          description: 'Snapshots',
          content: { 'application/json': { schema: basisHistory } },
        },
        400: invalid,
        503: unavailable,
        500: failed,
      },
    },
    async (c) => {
      const { limit = DEFAULT_HISTORY_LIMIT, ...filter } = c.req.valid('query');
      const snapshots = await store.findBasis({ limit, ...withoutAbsent(filter) });
      return c.json({ source: feed.source, atMs: clock.nowMs(), snapshots }, 200);
    },
  );
}
