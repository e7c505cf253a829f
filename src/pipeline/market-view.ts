/** What is known of the markets now, for those who show it. */

import { judgeMarket, medianPriceOf } from '../detect/guards.ts';
import type { MarketRecord, MarketState } from '../detect/market-state.ts';
import type { DetectionSettings } from '../detect/settings.ts';
import type { MarketSnapshot, MarketView } from './ports.ts';

/** @param nowMs - the moment ages are counted from: the clock's, or a recording's own. */
export function createMarketView(
  state: MarketState,
  settings: DetectionSettings,
  nowMs: () => number,
): MarketView {
  return {
    symbols: () => state.symbols(),
    snapshots: (symbol) => {
      const records = state.recordsOf(symbol);
      const atMs = nowMs();
      const medianPrice = medianPriceOf(records, atMs, settings);
      return records.map((record) => ({
        ...toSnapshot(record, atMs),
        guard: judgeMarket(record, atMs, settings, medianPrice),
      }));
    },
  };
}

function toSnapshot(
  { market, quote, book, funding }: MarketRecord,
  nowMs: number,
): Omit<MarketSnapshot, 'guard'> {
  const ageMs = quote === null ? null : nowMs - quote.receivedAtMs;
  return { market, quote, book, funding, ageMs };
}
