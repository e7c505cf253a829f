/** What an explanation is made from: the newest state, the detector that judges, the settings. */

import type { MarketDataSource } from '../../domain/market.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { CycleDetector } from '../cycles/cycle-detector.ts';
import type { Detector, Pair } from '../detector.ts';
import type { MarketState } from '../market-state.ts';
import type { DetectionSettings } from '../settings.ts';
import type { SymbolReason } from './reasons.ts';

/** A symbol that is not watched, and why. */
export interface UnwatchedSymbol {
  readonly symbol: string;
  readonly reason: SymbolReason['code'];
  readonly exchanges: readonly string[];
}

/** How cycles are judged. */
export interface CycleExplainParts {
  readonly judge: CycleDetector['judge'];
  readonly isOpen: (cycle: Cycle) => boolean;
  /** 3 to 5. */
  readonly maxLegs: number;
}

export interface ExplainParts {
  /** Absent or null: pairs only. */
  readonly cycles?: CycleExplainParts | null;
  readonly state: Pick<MarketState, 'symbols' | 'recordsOf'>;
  readonly detector: Pick<Detector, 'judge'>;
  readonly settings: DetectionSettings;
  readonly source: MarketDataSource;
  /** An open opportunity lives down to the closing threshold. */
  readonly isOpen: (pair: Pair) => boolean;
  /** Codes of the faults of exchanges that are down, by exchange. */
  readonly faultCodes: ReadonlyMap<string, string>;
  readonly unwatched: readonly UnwatchedSymbol[];
  readonly nowMs: number;
}
