/** What the pipeline shows to those below it in the house: HTTP, the page, alerts. */

import type { BasisResult } from '../detect/basis/detect-basis.ts';
import type { PegState } from '../detect/conversion/peg-watch.ts';
import type { ExplainQuery, Explanation } from '../detect/explain/explain.ts';
import type { Guard } from '../detect/guards.ts';
import type { TransferOverview } from '../detect/transfer/overview.ts';
import type { Book } from '../domain/book.ts';
import type { Funding } from '../domain/funding.ts';
import type { Market } from '../domain/market.ts';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import type { Quote } from '../domain/quote.ts';
import type { OmittedSymbol } from '../feed/feed.ts';

/** Why a market is not used at this moment. */
export type MarketGuard = Guard;

/** One market now. */
export interface MarketSnapshot {
  readonly market: Market;
  readonly quote: Quote | null;
  /** Only where books stream. */
  readonly book: Book | null;
  /** Newest funding of a perpetual; null for all others. */
  readonly funding: Funding | null;
  /** Milliseconds since the quote arrived; null without a quote. */
  readonly ageMs: number | null;
  /** Null when the market takes part in detection. */
  readonly guard: MarketGuard | null;
}

export interface MarketView {
  symbols(): readonly string[];
  /** All exchanges of one symbol; empty when the symbol is not watched. */
  snapshots(symbol: string): readonly MarketSnapshot[];
}

/** An event with its place in the stream. */
export interface HubMessage {
  /** `<start of this process in ms>-<sequence>`; grows with every message. */
  readonly id: string;
  readonly event: OpportunityEvent;
}

export interface OpportunityHub {
  publish(events: readonly OpportunityEvent[]): void;
  /**
   * Messages after `afterId` (when it is still remembered), then live ones, until `signal` aborts or the hub closes.
   * A subscriber that falls too far behind loses the oldest and gets their number in `missedCount` of the next message.
   */
  subscribe(options: {
    readonly afterId?: string;
    readonly signal: AbortSignal;
  }): AsyncIterable<HubMessage & { readonly missedCount: number }>;
  readonly subscribersCount: number;
  /** The id after which everything is still to come: where one who begins now begins. */
  readonly lastId: string;
  close(): void;
}

export interface PipelineStatus {
  readonly state: 'starting' | 'running' | 'ended' | 'failed';
  /** Message of the fault that stopped it; null otherwise. */
  readonly error: string | null;
  readonly startedAtMs: number | null;
  readonly lastRoundAtMs: number | null;
  readonly roundsCount: number;
  readonly updatesCount: number;
  readonly candidatesCount: number;
  readonly openedCount: number;
  readonly closedCount: number;
}

export interface Pipeline {
  readonly market: MarketView;
  readonly hub: OpportunityHub;
  /** Open opportunities, greatest profit first within a quote asset. */
  open(): readonly Opportunity[];
  status(): PipelineStatus;
  /** Pegs as of the last look, at most a second old; those of assets that are not traded are left out. */
  pegs(): readonly PegState[];
  /** Funding and basis as of the last look, at most ten seconds old; null where there are no contracts. */
  basis(): BasisResult | null;
  /** Symbols that are not watched, and why. */
  omitted(): readonly OmittedSymbol[];
  /** Why there is no opportunity, or none but those that are open; asks for nothing and changes nothing. */
  explain(query: ExplainQuery): Explanation;
  /** Closes what is no longer detected here (`handed_over`), at once and not with the next round. */
  release(): void;
  /** How an asset can be moved between the exchanges that trade it; null when none is known to. */
  transfers(asset: string): TransferOverview | null;
  /** Runs until the feed ends or `signal` aborts, then closes what is open. */
  run(signal: AbortSignal): Promise<void>;
}
