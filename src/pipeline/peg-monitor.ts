/** Looks at the pegs beside the rounds, every second, and says in the log when one breaks or holds again. */

import { createPegWatch, type Peg, type PegState } from '../detect/conversion/peg-watch.ts';
import { createValuer } from '../detect/conversion/valuation.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import { toConversionMarkets, valuationSymbolsOf } from './conversion-markets.ts';
import type { MarketView } from './ports.ts';

export interface PegSettings {
  readonly pegs: readonly Peg[];
  /** The alarm goes on above this distance, basis points; Infinity: never. */
  readonly depegBps: number;
}

export interface PegMonitor {
  /** Looks when the last look is a second old. */
  observe(view: MarketView, nowMs: number): void;
  /** Looks in any case: a recording that ends before a second has passed is looked at, too. */
  observeNow(view: MarketView, nowMs: number): void;
  states(): readonly PegState[];
}

export interface PegMonitorOptions extends PegSettings {
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Called with each peg whose alarm went on or off. */
  readonly onChange: (state: PegState) => void;
}

const INTERVAL_MS = 1_000;

export function createPegMonitor(options: PegMonitorOptions): PegMonitor {
  const watch = createPegWatch(options.pegs, options.depegBps);
  let observedAtMs = Number.NEGATIVE_INFINITY;
  let symbolsCount = 0;
  let symbols: readonly string[] = [];
  const observeNow = (view: MarketView, nowMs: number): void => {
    observedAtMs = nowMs;
    if (options.pegs.length === 0) return;
    const all = view.symbols();
    if (all.length !== symbolsCount) symbols = valuationSymbolsOf(all);
    symbolsCount = all.length;
    const valuer = createValuer(toConversionMarkets(view, symbols));
    for (const state of watch.observe(valuer, nowMs)) tell(state, options);
  };
  return {
    observe: (view, nowMs) => {
      if (nowMs - observedAtMs >= INTERVAL_MS) observeNow(view, nowMs);
    },
    observeNow,
    states: watch.states,
  };
}

function tell(state: PegState, { logger, onChange }: PegMonitorOptions): void {
  const { asset, reference, isDepegged, distanceBps } = state;
  const attributes = {
    'crypto.asset': asset,
    'crypto.reference_asset': reference,
    ...(distanceBps === null ? {} : { 'crypto.peg_distance_bps': distanceBps }),
  };
  if (isDepegged) logger.warn('an asset has left its peg', attributes);
  else logger.info('an asset is back at its peg', attributes);
  onChange(state);
}
