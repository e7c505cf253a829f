/** Volatility of each symbol, from its prices as they come; the oldest returns are forgotten. Holds no clock. */

import { type PriceSample, scaledReturnBps, volatilityBpsOf } from './volatility.ts';

/** What is known of one symbol's volatility. */
export interface VolatilityReading {
  /** Basis points per square root of a minute; null while there are too few samples. */
  readonly volatilityBps: number | null;
  /** Prices taken. */
  readonly samplesCount: number;
  /** Prices needed. */
  readonly neededCount: number;
}

export interface VolatilityBook {
  /** Takes the price when the symbol's last sample is at least an interval old. */
  observe(symbol: string, sample: PriceSample): void;
  /** True when a sample would be taken. */
  isDue(symbol: string, nowMs: number): boolean;
  read(symbol: string): VolatilityReading;
}

export interface VolatilityOptions {
  /** Least time between two samples of a symbol, milliseconds. */
  readonly intervalMs: number;
  /** Returns kept, at least `MIN_RETURNS_COUNT`. */
  readonly windowCount: number;
  /** Used for every symbol instead of what is measured, basis points per square root of a minute; null: measured. */
  readonly fixedBps: number | null;
}

/** Fewer medians of three say little: with ten the estimate's standard error is about a third. */
export const MIN_RETURNS_COUNT = 12;

interface Row {
  last: PriceSample;
  readonly returns: number[];
}

export function createVolatilityBook(options: VolatilityOptions): VolatilityBook {
  const { intervalMs, windowCount, fixedBps } = options;
  const rows = new Map<string, Row>();
  const isDue = (symbol: string, nowMs: number) => {
    const row = rows.get(symbol);
    return fixedBps === null && (row === undefined || nowMs - row.last.atMs >= intervalMs);
  };
  return {
    isDue,
    observe: (symbol, sample) => {
      const row = rows.get(symbol);
      if (!isDue(symbol, sample.atMs)) return;
      if (row === undefined) {
        rows.set(symbol, { last: sample, returns: [] });
        return;
      }
      row.returns.push(scaledReturnBps(row.last, sample));
      row.last = sample;
      if (row.returns.length > windowCount) row.returns.shift();
    },
    read: (symbol) => {
      const neededCount = MIN_RETURNS_COUNT + 1;
      if (fixedBps !== null) return { volatilityBps: fixedBps, samplesCount: 0, neededCount };
      const row = rows.get(symbol);
      if (row === undefined) return { volatilityBps: null, samplesCount: 0, neededCount };
      const samplesCount = row.returns.length + 1;
      const isKnown = samplesCount >= neededCount;
      return {
        volatilityBps: isKnown ? volatilityBpsOf(row.returns) : null,
        samplesCount,
        neededCount,
      };
    },
  };
}
