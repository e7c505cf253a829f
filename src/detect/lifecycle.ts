/**
 * The life of an opportunity: it opens when a pair is confirmed, is updated while it is confirmed again, and closes with
 * a reason when it is rejected. A state machine over judgements; time comes with each call.
 */

import type { MarketDataSource } from '../domain/market.ts';
import { compare, toDecimal } from '../domain/money.ts';
import type {
  CloseReason,
  Opportunity,
  OpportunityEdge,
  OpportunityEvent,
} from '../domain/opportunity.ts';
import type { Judgement, Pair } from './detector.ts';
import { toOpportunityId } from './opportunity-id.ts';
import type { PairConfirmation } from './pair.ts';
import { toCloseReason } from './reasons.ts';

type Open = Extract<Opportunity, { state: 'open' }>;
type Found = Extract<PairConfirmation, { found: true }>;

export interface Lifecycle {
  /** @param traceId - of the round that made the judgement; null when it is not traced. */
  observe(judgement: Judgement, nowMs: number, traceId: string | null): OpportunityEvent | null;
  isOpen(pair: Pair): boolean;
  /** Pairs whose opportunity is open, in the order of opening. */
  openPairs(): readonly Pair[];
  open(): readonly Opportunity[];
  /** Closes everything. */
  closeAll(nowMs: number, reason: CloseReason): readonly OpportunityEvent[];
}

export function createLifecycle(source: MarketDataSource): Lifecycle {
  return new PairLifecycle(source);
}

class PairLifecycle implements Lifecycle {
  readonly #source: MarketDataSource;
  readonly #open = new Map<string, { readonly pair: Pair; readonly opportunity: Open }>();
  /** Keys closed at the newest moment: an id is made of key and opening time, so these wait for the next moment. */
  readonly #closedNow = new Set<string>();
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(source: MarketDataSource) {
    this.#source = source;
  }

  observe(judgement: Judgement, nowMs: number, traceId: string | null): OpportunityEvent | null {
    this.#moveTo(nowMs);
    const { pair, confirmation } = judgement;
    const key = keyOf(pair);
    const known = this.#open.get(key)?.opportunity;
    if (!confirmation.found) {
      return known === undefined
        ? null
        : this.#close(key, known, nowMs, toCloseReason(confirmation.reason));
    }
    if (known !== undefined) return this.#update(key, pair, known, confirmation);
    if (this.#closedNow.has(key)) return null;
    const opportunity = openOpportunity(key, pair, confirmation, this.#source, traceId);
    this.#open.set(key, { pair, opportunity });
    return { type: 'opened', opportunity };
  }

  isOpen(pair: Pair): boolean {
    return this.#open.has(keyOf(pair));
  }

  openPairs(): readonly Pair[] {
    return [...this.#open.values()].map(({ pair }) => pair);
  }

  open(): readonly Opportunity[] {
    return [...this.#open.values()].map(({ opportunity }) => opportunity);
  }

  closeAll(nowMs: number, reason: CloseReason): readonly OpportunityEvent[] {
    this.#moveTo(nowMs);
    return [...this.#open].map(([key, { opportunity }]) =>
      this.#close(key, opportunity, nowMs, reason),
    );
  }

  #update(key: string, pair: Pair, known: Open, found: Found): OpportunityEvent | null {
    if (isSameEdge(known.last, found.edge)) return null;
    const opportunity: Open = {
      ...known,
      updatedAtMs: found.edge.atMs,
      revision: known.revision + 1,
      last: found.edge,
      peak: isGreater(found.edge, known.peak) ? found.edge : known.peak,
      legs: found.legs,
    };
    this.#open.set(key, { pair, opportunity });
    return { type: 'updated', opportunity };
  }

  #close(key: string, known: Open, nowMs: number, closeReason: CloseReason): OpportunityEvent {
    this.#open.delete(key);
    this.#closedNow.add(key);
    const opportunity: Opportunity = {
      ...known,
      state: 'closed',
      updatedAtMs: nowMs,
      closedAtMs: nowMs,
      closeReason,
      revision: known.revision + 1,
    };
    return { type: 'closed', opportunity };
  }

  #moveTo(nowMs: number): void {
    if (nowMs === this.#nowMs) return;
    this.#nowMs = nowMs;
    this.#closedNow.clear();
  }
}

function openOpportunity(
  key: string,
  { buy, sell }: Pair,
  { edge, legs }: Found,
  source: MarketDataSource,
  traceId: string | null,
): Open {
  const { symbol, base, quote } = buy.market;
  return {
    id: toOpportunityId(key, edge.atMs),
    kind: 'pair',
    source,
    symbol,
    base,
    quote,
    buyExchange: buy.market.exchange,
    sellExchange: sell.market.exchange,
    state: 'open',
    openedAtMs: edge.atMs,
    updatedAtMs: edge.atMs,
    closedAtMs: null,
    closeReason: null,
    revision: 1,
    first: edge,
    last: edge,
    peak: edge,
    legs,
    traceId,
  };
}

function keyOf({ buy, sell }: Pair): string {
  return `pair ${buy.market.symbol} ${buy.market.exchange} ${sell.market.exchange}`;
}

function isSameEdge(a: OpportunityEdge, b: OpportunityEdge): boolean {
  return (
    a.sizeInBase === b.sizeInBase &&
    a.costInQuote === b.costInQuote &&
    a.proceedsInQuote === b.proceedsInQuote
  );
}

function isGreater(a: OpportunityEdge, b: OpportunityEdge): boolean {
  return compare(toDecimal(a.profitInQuote), toDecimal(b.profitInQuote)) > 0;
}
