/**
 * The life of an opportunity: it opens when a pair or a cycle is confirmed, is updated while it is confirmed again, and closes with
 * a reason when it is rejected. A state machine over judgements; time comes with each call.
 */

import type { MarketDataSource } from '../domain/market.ts';
import { compare, toDecimal } from '../domain/money.ts';
import type {
  CloseReason,
  Opportunity,
  OpportunityCompetition,
  OpportunityEdge,
  OpportunityEvent,
  OpportunityLeg,
} from '../domain/opportunity.ts';
import { isSameCompetition } from './competition.ts';
import type { Cycle } from './cycles/cycle.ts';
import type { CycleJudgement } from './cycles/cycle-detector.ts';
import type { Judgement, Pair } from './detector.ts';
import { toOpportunityId } from './opportunity-id.ts';
import type { PairConfirmation } from './pair.ts';
import { toCloseReason } from './reasons.ts';

type Open = Extract<Opportunity, { state: 'open' }>;

/** What was found of a subject (a pair, a cycle), or why not. */
type Confirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      readonly legs: readonly OpportunityLeg[];
    }
  | Extract<PairConfirmation, { found: false }>;

type Found = Extract<Confirmation, { found: true }>;

/** What an opportunity is called, which its subject decides. */
type Naming = Pick<
  Opportunity,
  'kind' | 'symbol' | 'base' | 'quote' | 'buyExchange' | 'sellExchange'
>;

export interface Lifecycle {
  /** @param traceId - of the round that made the judgement; null when it is not traced. */
  observe(judgement: Judgement, nowMs: number, traceId: string | null): OpportunityEvent | null;
  isOpen(pair: Pair): boolean;
  /** Pairs whose opportunity is open, in the order of opening. */
  openPairs(): readonly Pair[];
  open(): readonly Opportunity[];
  compete: Compete;
  /** Closes everything. */
  closeAll(nowMs: number, reason: CloseReason): readonly OpportunityEvent[];
  /** Closes those for which `isOver` is true. */
  closeWhere(
    isOver: (opportunity: Opportunity) => boolean,
    nowMs: number,
    reason: CloseReason,
  ): readonly OpportunityEvent[];
}

/**
 * Takes in what open opportunities compete with.
 *
 * @param changedIds - changed in this round already: their revision stays.
 * @returns an event for each that it changes.
 */
export type Compete = (
  competitions: ReadonlyMap<string, OpportunityCompetition>,
  changedIds: ReadonlySet<string>,
  nowMs: number,
) => readonly OpportunityEvent[];

export function createLifecycle(source: MarketDataSource): Lifecycle {
  const lives = new Lives<Pair>(source, keyOf, namePair);
  return {
    observe: ({ pair, confirmation }, nowMs, traceId) =>
      lives.observe(pair, confirmation, nowMs, traceId),
    isOpen: (pair) => lives.isOpen(pair),
    openPairs: () => lives.openSubjects(),
    open: () => lives.open(),
    compete: (...given) => lives.compete(...given),
    closeAll: (nowMs, reason) => lives.closeWhere(() => true, nowMs, reason),
    closeWhere: (isOver, nowMs, reason) => lives.closeWhere(isOver, nowMs, reason),
  };
}

/** As `Lifecycle`, of cycles: one opportunity for a round through the same assets, whichever exchanges serve it. */
export interface CycleLifecycle {
  observe(
    judgement: CycleJudgement,
    nowMs: number,
    traceId: string | null,
  ): OpportunityEvent | null;
  isOpen(cycle: Cycle): boolean;
  /** Cycles whose opportunity is open, as judged last, in the order of opening. */
  openCycles(): readonly Cycle[];
  open(): readonly Opportunity[];
  compete: Compete;
  /** Closes everything. */
  closeAll(nowMs: number, reason: CloseReason): readonly OpportunityEvent[];
  /** Closes those for which `isOver` is true. */
  closeWhere(
    isOver: (opportunity: Opportunity) => boolean,
    nowMs: number,
    reason: CloseReason,
  ): readonly OpportunityEvent[];
}

export function createCycleLifecycle(source: MarketDataSource): CycleLifecycle {
  const lives = new Lives<Cycle>(source, ({ route }) => `cycle ${route}`, nameCycle);
  return {
    observe: ({ cycle, confirmation }, nowMs, traceId) =>
      lives.observe(cycle, confirmation, nowMs, traceId),
    isOpen: (cycle) => lives.isOpen(cycle),
    openCycles: () => lives.openSubjects(),
    open: () => lives.open(),
    compete: (...given) => lives.compete(...given),
    closeAll: (nowMs, reason) => lives.closeWhere(() => true, nowMs, reason),
    closeWhere: (isOver, nowMs, reason) => lives.closeWhere(isOver, nowMs, reason),
  };
}

/** The lives of opportunities of one kind. */
export class Lives<Subject> {
  readonly #source: MarketDataSource;
  readonly #keyOf: (subject: Subject) => string;
  readonly #name: (subject: Subject) => Naming;
  readonly #open = new Map<string, { readonly subject: Subject; readonly opportunity: Open }>();
  /** Keys closed at the newest moment: an id is made of key and opening time, so these wait for the next moment. */
  readonly #closedNow = new Set<string>();
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(
    source: MarketDataSource,
    keyOfSubject: (subject: Subject) => string,
    name: (subject: Subject) => Naming,
  ) {
    this.#source = source;
    this.#keyOf = keyOfSubject;
    this.#name = name;
  }

  observe(
    subject: Subject,
    confirmation: Confirmation,
    nowMs: number,
    traceId: string | null,
  ): OpportunityEvent | null {
    this.#moveTo(nowMs);
    const key = this.#keyOf(subject);
    const known = this.#open.get(key)?.opportunity;
    if (!confirmation.found) {
      return known === undefined
        ? null
        : this.#close(key, known, nowMs, toCloseReason(confirmation.reason));
    }
    if (known !== undefined) return this.#update(key, subject, known, confirmation);
    if (this.#closedNow.has(key)) return null;
    const naming = this.#name(subject);
    const opportunity = openOpportunity(key, naming, confirmation, this.#source, traceId);
    this.#open.set(key, { subject, opportunity });
    return { type: 'opened', opportunity };
  }

  isOpen(subject: Subject): boolean {
    return this.#open.has(this.#keyOf(subject));
  }

  openSubjects(): readonly Subject[] {
    return [...this.#open.values()].map(({ subject }) => subject);
  }

  open(): readonly Opportunity[] {
    return [...this.#open.values()].map(({ opportunity }) => opportunity);
  }

  compete(...[competitions, changedIds, nowMs]: Parameters<Compete>): readonly OpportunityEvent[] {
    return [...this.#open].flatMap(([key, { subject, opportunity: known }]) => {
      const competition = competitions.get(known.id);
      if (competition === undefined || isSameCompetition(known.competition, competition)) return [];
      const change = changedIds.has(known.id)
        ? {}
        : { revision: known.revision + 1, updatedAtMs: nowMs };
      const opportunity: Open = { ...known, competition, ...change };
      this.#open.set(key, { subject, opportunity });
      return [{ type: 'updated' as const, opportunity }];
    });
  }

  closeWhere(
    isOver: (opportunity: Opportunity) => boolean,
    nowMs: number,
    reason: CloseReason,
  ): readonly OpportunityEvent[] {
    const over = [...this.#open].filter(([, { opportunity }]) => isOver(opportunity));
    if (over.length > 0) this.#moveTo(nowMs);
    return over.map(([key, { opportunity }]) => this.#close(key, opportunity, nowMs, reason));
  }

  #update(key: string, subject: Subject, known: Open, found: Found): OpportunityEvent | null {
    if (isSameEdge(known.last, found.edge)) return null;
    const opportunity: Open = {
      ...known,
      ...this.#name(subject),
      updatedAtMs: found.edge.atMs,
      revision: known.revision + 1,
      last: found.edge,
      peak: isGreater(found.edge, known.peak) ? found.edge : known.peak,
      legs: found.legs,
    };
    this.#open.set(key, { subject, opportunity });
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
  naming: Naming,
  { edge, legs }: Found,
  source: MarketDataSource,
  traceId: string | null,
): Open {
  return {
    id: toOpportunityId(key, edge.atMs),
    source,
    ...naming,
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

function namePair({ buy, sell }: Pair): Naming {
  const { symbol, base, quote, exchange } = buy.market;
  return {
    kind: 'pair',
    symbol,
    base,
    quote,
    buyExchange: exchange,
    sellExchange: sell.market.exchange,
  };
}

/** A round has no base and quote of its own: it gives and gets the asset that it begins with. */
function nameCycle({ route, assets, legs }: Cycle): Naming {
  const [start = ''] = assets;
  const exchangeOf = (leg: number) => legs.at(leg)?.record.market.exchange ?? '';
  return {
    kind: 'cycle',
    symbol: route,
    base: start,
    quote: start,
    buyExchange: exchangeOf(0),
    sellExchange: exchangeOf(-1),
  };
}

function isSameEdge(a: OpportunityEdge, b: OpportunityEdge): boolean {
  return (
    a.sizeInBase === b.sizeInBase &&
    a.costInQuote === b.costInQuote &&
    a.proceedsInQuote === b.proceedsInQuote &&
    a.profitInQuote === b.profitInQuote &&
    a.mode === b.mode &&
    toTransferText(a) === toTransferText(b)
  );
}

/** What tells one transfer outcome from another. */
function toTransferText({ modes }: OpportunityEdge): string {
  const transfer = modes?.transfer;
  if (transfer === undefined) return '';
  return transfer.found ? transfer.profitInQuote : transfer.reason.code;
}

function isGreater(a: OpportunityEdge, b: OpportunityEdge): boolean {
  return compare(toDecimal(a.profitInQuote), toDecimal(b.profitInQuote)) > 0;
}
