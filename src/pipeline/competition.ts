/** The end of a detection round: which of all that is open now competes for the same liquidity. */

import { type BestSizeOf, findCompetition } from '../detect/competition.ts';
import { depthOfMarket } from '../detect/detector.ts';
import type { CycleLifecycle, Lifecycle } from '../detect/lifecycle.ts';
import type { MarketState } from '../detect/market-state.ts';
import type { MultiLifecycle } from '../detect/multi/multi-lifecycle.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';

type Living = Pick<Lifecycle | CycleLifecycle | MultiLifecycle, 'open' | 'compete'>;

export interface CompetitionParts {
  readonly state: Pick<MarketState, 'record'>;
  readonly source: MarketDataSource;
  readonly lifecycles: readonly Living[];
}

/** The events of a round with what each competes with, and one more for each that others changed. */
export type SettleCompetition = (
  events: readonly OpportunityEvent[],
  nowMs: number,
) => readonly OpportunityEvent[];

export function createCompetition({
  state,
  source,
  lifecycles,
}: CompetitionParts): SettleCompetition {
  const bestSizeOf: BestSizeOf = ({ exchange, symbol, side }) => {
    const record = state.record(exchange, symbol);
    const book = record === null ? null : depthOfMarket(record, source);
    return (side === 'buy' ? book?.asks : book?.bids)?.[0]?.[1] ?? null;
  };
  return (events, nowMs) => {
    const open = lifecycles.flatMap((lives) => lives.open()).sort(byOpening);
    const competitions = findCompetition(open, bestSizeOf);
    const changedIds = new Set(events.map(({ opportunity }) => opportunity.id));
    const changes = lifecycles.flatMap((lives) => lives.compete(competitions, changedIds, nowMs));
    return merge(events, changes);
  };
}

/** Ids begin with the time of opening, and are the same for the same market data. */
function byOpening(a: Opportunity, b: Opportunity): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** An event of the round keeps its type and place. */
function merge(
  events: readonly OpportunityEvent[],
  changes: readonly OpportunityEvent[],
): readonly OpportunityEvent[] {
  const changed = new Map(changes.map((change) => [change.opportunity.id, change]));
  const merged = events.map((event) => {
    const change = event.type === 'closed' ? undefined : changed.get(event.opportunity.id);
    if (change === undefined) return event;
    changed.delete(event.opportunity.id);
    return { ...event, opportunity: change.opportunity };
  });
  return [...merged, ...changed.values()];
}
