/** ccxt's unified funding rate → `Funding`. */

import type { Funding } from '../../../domain/funding.ts';
import type { CcxtFundingRate } from './ccxt-types.ts';
import { toTimeMs } from './to-time.ts';

export interface ToFundingOptions {
  readonly exchange: string;
  readonly symbol: string;
  /** What was learnt elsewhere of the time between two payments, milliseconds; null: nothing. */
  readonly knownIntervalMs: number | null;
  readonly receivedAtMs: number;
}

/** Null when no rate is said. */
export function toFunding(source: CcxtFundingRate, options: ToFundingOptions): Funding | null {
  const { exchange, symbol, knownIntervalMs, receivedAtMs } = options;
  const { fundingRate } = source;
  if (typeof fundingRate !== 'number' || !Number.isFinite(fundingRate)) return null;
  return {
    exchange,
    symbol,
    rateRatio: fundingRate,
    intervalMs: toIntervalMs(source) ?? knownIntervalMs,
    nextFundingAtMs: toTimeMs(source.fundingTimestamp) ?? toTimeMs(source.nextFundingTimestamp),
    markPriceInQuote: toPrice(source.markPrice),
    indexPriceInQuote: toPrice(source.indexPrice),
    exchangeTimeMs: toTimeMs(source.timestamp),
    receivedAtMs,
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The time between two payments, milliseconds: as it is said (`8h`), or as the next two payments lie apart. Null when
 * neither is known: most exchanges pay every eight hours, but which do not is the point.
 */
export function toIntervalMs(source: CcxtFundingRate): number | null {
  const match = typeof source.interval === 'string' ? /^(\d+)([mhd])$/.exec(source.interval) : null;
  const saidMs = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN);
  if (saidMs > 0) return saidMs;
  const next = toTimeMs(source.fundingTimestamp);
  const after = toTimeMs(source.nextFundingTimestamp);
  return next !== null && after !== null && after > next ? after - next : null;
}

function toPrice(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value < Infinity ? value : null;
}
