/** What a pipeline is made of. */

import type { BasisSettings } from '../detect/basis/settings.ts';
import type { PegState } from '../detect/conversion/peg-watch.ts';
import type { DetectionSettings } from '../detect/settings.ts';
import type { Clock } from '../domain/clock.ts';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import type { Feed } from '../feed/feed.ts';
import type { CycleGraph, CycleKernel } from '../kernel/cycles/cycle-kernel.ts';
import type { KernelCapacity, MarketKernel } from '../kernel/kernel.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { AccountOptions } from './account.ts';
import type { PegSettings } from './peg-monitor.ts';
import type { OpportunityHub } from './ports.ts';

/** What is detected here, where several share the work; asked anew in each round. */
export interface DetectionScope {
  /** @param atMs - of the data; what is older than the claim to the symbol is not judged under it. Default: newest. */
  pairs(symbol: string, atMs?: number): boolean;
  cycles(): boolean;
  /** The opportunity as it is published: with the lease under which it was detected. */
  stamp(opportunity: Opportunity): Opportunity;
}

/** With own fees, networks and balances, and how volatility is measured. */
export interface PipelineOptions extends AccountOptions {
  readonly feed: Feed;
  /** Makes the kernel once the feed has said how deep its books are. */
  readonly createKernel: (capacity: KernelCapacity) => MarketKernel;
  /** False: no pairs are looked for, somebody else does. Default true. */
  readonly hasPairs?: boolean;
  /** Looks for cycles too; absent: pairs only. */
  readonly cycles?: {
    readonly createKernel: (graph: CycleGraph) => CycleKernel;
    /** 3 to 5. */
    readonly maxLegs: number;
  };
  /** True: a symbol over more than two exchanges at once is an opportunity of its own; absent: false. */
  readonly hasMulti?: boolean;
  /** Bounds of the kernel for a live feed; a recording gets what its markets need. */
  readonly maxSymbolsCount: number;
  readonly maxExchangesCount: number;
  readonly bookLevelsCount: number;
  readonly settings: DetectionSettings;
  /** Least time between two rounds, milliseconds; 0 for a recording at full speed. */
  readonly roundIntervalMs: number;
  /** Absent: all. */
  readonly scope?: DetectionScope;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'tracer' | 'logger'>;
  /** Assets whose price in another is watched; absent: none. */
  readonly pegs?: PegSettings;
  /** Looks at funding and basis where contracts are watched; absent: never. */
  readonly basis?: BasisSettings;
  /** Called with each peg whose alarm went on or off. */
  readonly onPeg?: (state: PegState) => void;
  /** Where events go; absent: a hub in memory. */
  readonly hub?: OpportunityHub;
  /**
   * Called after each round that changed something, in the context of its span, before the events are published.
   */
  readonly onEvents: (events: readonly OpportunityEvent[]) => void;
}
