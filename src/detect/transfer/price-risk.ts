/**
 * The price of waiting: how far the price difference has to be above the costs for a risk-averse arbitrageur to take the
 * risk that the price moves while what was bought is on its way. After Hautsch, Scheuch and Voigt, "Building Trust Takes
 * Time: Limits to Arbitrage for Blockchain-Based Assets" (arXiv:1812.00595): the certainty equivalent of the return,
 * expanded to the fourth order for a utility of constant relative risk aversion γ and a price without drift, is zero at
 *
 *   d = (σ / 2) · √( γ·E(τ) + √( γ²·E(τ)² + 2γ(γ + 1)(γ + 2)·(V(τ) + E(τ)²) ) )
 *
 * with σ the spot volatility and τ the time of the transfer. Without a deviation of τ that is z(γ)·σ·√τ.
 */

import { bpsToRatio, type Decimal } from '../../domain/money.ts';

export interface RiskInput {
  /** Basis points per square root of a minute. */
  readonly volatilityBps: number;
  /** Expected time of the transfer, milliseconds. */
  readonly transferMs: number;
  /** Its standard deviation, milliseconds. */
  readonly transferDeviationMs: number;
  /** Relative risk aversion γ, at least 0; 0 takes no account of the risk. The paper's estimates use 2. */
  readonly riskAversion: number;
}

const MS_PER_MINUTE = 60_000;
/** Places that are kept of the basis points; what is beyond is rounded up. */
const RISK_SCALE = 1e9;

/** The boundary d in basis points, rounded up at 9 places; 0 when nothing is risked. */
export function priceRiskBps(input: RiskInput): number {
  const { volatilityBps, riskAversion: gamma } = input;
  const mean = input.transferMs / MS_PER_MINUTE;
  const variance = (input.transferDeviationMs / MS_PER_MINUTE) ** 2;
  const fourth = 2 * gamma * (gamma + 1) * (gamma + 2) * (variance + mean * mean);
  const inner = gamma * mean + Math.sqrt(gamma * gamma * mean * mean + fourth);
  const bps = (volatilityBps / 2) * Math.sqrt(inner);
  return Math.ceil(Number((bps * RISK_SCALE).toPrecision(15))) / RISK_SCALE;
}

/** The same as a ratio of the proceeds, at most 1. */
export function priceRiskRatio(riskBps: number): Decimal {
  return bpsToRatio(Math.min(riskBps, 10_000));
}
