/** The lives of opportunities over all exchanges of a symbol: one for a symbol, whichever exchanges take part. */

import { type MarketDataSource, parseSymbol } from '../../domain/market.ts';
import type { CloseReason, Opportunity, OpportunityEvent } from '../../domain/opportunity.ts';
import { type Compete, Lives } from '../lifecycle.ts';
import type { MultiJudgement } from './multi-detector.ts';

export interface MultiLifecycle {
  observe(
    judgement: MultiJudgement,
    nowMs: number,
    traceId: string | null,
  ): OpportunityEvent | null;
  isOpen(symbol: string): boolean;
  openSymbols(): readonly string[];
  open(): readonly Opportunity[];
  compete: Compete;
  /** Closes those for which `isOver` is true. */
  closeWhere(
    isOver: (opportunity: Opportunity) => boolean,
    nowMs: number,
    reason: CloseReason,
  ): readonly OpportunityEvent[];
}

/** Its exchanges are those of the first bought and the first sold leg. */
interface Subject {
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
}

export function createMultiLifecycle(source: MarketDataSource): MultiLifecycle {
  const lives = new Lives<Subject>(source, ({ symbol }) => `multi ${symbol}`, nameMulti);
  return {
    observe: (judgement, nowMs, traceId) =>
      lives.observe(toSubject(judgement), judgement.confirmation, nowMs, traceId),
    isOpen: (symbol) => lives.isOpen({ symbol, buyExchange: '', sellExchange: '' }),
    openSymbols: () => lives.openSubjects().map(({ symbol }) => symbol),
    open: () => lives.open(),
    compete: (...given) => lives.compete(...given),
    closeWhere: (isOver, nowMs, reason) => lives.closeWhere(isOver, nowMs, reason),
  };
}

function toSubject({ symbol, confirmation }: MultiJudgement): Subject {
  const legs = confirmation.found ? confirmation.legs : [];
  const exchangeOf = (side: 'buy' | 'sell') =>
    legs.find((leg) => leg.side === side)?.exchange ?? '';
  return { symbol, buyExchange: exchangeOf('buy'), sellExchange: exchangeOf('sell') };
}

function nameMulti({ symbol, buyExchange, sellExchange }: Subject) {
  return { kind: 'multi' as const, symbol, ...parseSymbol(symbol), buyExchange, sellExchange };
}
