/** What a synthetic contract is like. */

import type { ContractTerms } from '../../../domain/market.ts';

/** How a contract's price and funding behave. */
export interface ContractPlan {
  readonly terms: ContractTerms;
  /** Distance of its price from spot, basis points; that of a dated contract shrinks to 0 until its expiry. */
  readonly premiumBps: number;
  /** Usual rate of one interval, ratio; 0 for dated contracts. */
  readonly rateRatio: number;
  /** Null for dated contracts. */
  readonly intervalMs: number | null;
}

export interface ContractShape {
  /** When contracts are listed, milliseconds since the epoch: expiries follow from it. */
  readonly fromMs: number;
  readonly kinds: readonly ContractTerms['kind'][];
}
