/** What is known of the markets now, for those who show it. */

import { judgeQuote } from '../detect/guards.ts';
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
    snapshots: (symbol) =>
      state.recordsOf(symbol).map((record) => toSnapshot(record, settings, nowMs())),
  };
}

function toSnapshot(
  { market, quote, book }: MarketRecord,
  settings: DetectionSettings,
  nowMs: number,
): MarketSnapshot {
  return {
    market,
    quote,
    book,
    ageMs: quote === null ? null : nowMs - quote.receivedAtMs,
    guard: judgeQuote(quote, nowMs, settings),
  };
}
