/** What is open now and how its edge went: a small state machine over the stream's events. */

import type { OpportunityJson } from './api.ts';

/** Edges remembered per opportunity, for its sparkline. */
const MAX_HISTORY_COUNT = 48;
const MAX_CLOSED_COUNT = 14;

export interface LiveOpportunity {
  readonly opportunity: OpportunityJson;
  /** Edges in basis points, oldest first. */
  readonly edgesBps: readonly number[];
}

export class LiveState {
  readonly #open = new Map<string, LiveOpportunity>();
  #closed: readonly LiveOpportunity[] = [];

  /** Newest opened first. */
  open(): readonly LiveOpportunity[] {
    return [...this.#open.values()].sort(
      (a, b) =>
        b.opportunity.openedAtMs - a.opportunity.openedAtMs ||
        (a.opportunity.id < b.opportunity.id ? 1 : -1),
    );
  }

  /** Last closed first, with the edges they were last seen with. */
  closed(): readonly LiveOpportunity[] {
    return this.#closed;
  }

  find(id: string): OpportunityJson | null {
    const live =
      this.#open.get(id) ?? this.#closed.find(({ opportunity }) => opportunity.id === id);
    return live?.opportunity ?? null;
  }

  /** Takes the whole of what is open, as after a break of the stream. */
  replaceOpen(opportunities: readonly OpportunityJson[]): void {
    const ids = new Set(opportunities.map(({ id }) => id));
    for (const id of this.#open.keys()) if (!ids.has(id)) this.#open.delete(id);
    for (const opportunity of opportunities) this.#put(opportunity);
  }

  replaceClosed(opportunities: readonly OpportunityJson[]): void {
    this.#closed = [];
    for (const opportunity of opportunities.toReversed()) this.#addClosed(opportunity);
  }

  /** Takes one event of the stream. */
  apply(opportunity: OpportunityJson): void {
    if (opportunity.state === 'open') this.#put(opportunity);
    else this.#addClosed(opportunity);
  }

  #put(opportunity: OpportunityJson): void {
    const known = this.#open.get(opportunity.id);
    if (known !== undefined && known.opportunity.revision >= opportunity.revision) return;
    this.#open.set(opportunity.id, toNext(known, opportunity));
  }

  #addClosed(opportunity: OpportunityJson): void {
    const known = this.#open.get(opportunity.id);
    this.#open.delete(opportunity.id);
    const others = this.#closed.filter((live) => live.opportunity.id !== opportunity.id);
    this.#closed = [toNext(known, opportunity), ...others]
      .sort((a, b) => b.opportunity.updatedAtMs - a.opportunity.updatedAtMs)
      .slice(0, MAX_CLOSED_COUNT);
  }
}

function toNext(known: LiveOpportunity | undefined, opportunity: OpportunityJson): LiveOpportunity {
  const before = known?.edgesBps ?? [opportunity.first.edgeBps];
  return { opportunity, edgesBps: [...before, opportunity.last.edgeBps].slice(-MAX_HISTORY_COUNT) };
}
