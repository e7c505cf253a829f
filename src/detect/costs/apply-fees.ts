/** A market with the fees that its user pays: what is said of the market, of its exchange, of all exchanges, in this order. */

import type { FeeRole, Market } from '../../domain/market.ts';
import { compare, toDecimal } from '../../domain/money.ts';
import { ANY_EXCHANGE, type ExchangeFees, type FeeTier, type Terms } from '../../domain/terms.ts';

/** @param takerBps - instead of every taker fee, basis points; null: no such override. */
export function applyFees(market: Market, fees: Terms['fees'], takerBps: number | null): Market {
  const known = [fees.get(market.exchange), fees.get(ANY_EXCHANGE)].filter(
    (each) => each !== undefined,
  );
  if (known.length === 0) return takerBps === null ? market : { ...market, takerBps };
  const { isFeeAssumed, ...rest } = market;
  const said = takerBps ?? feeOf(known, market.symbol, 'taker');
  const buy = roleOf(known, market.symbol, 'buyRole');
  const sell = roleOf(known, market.symbol, 'sellRole');
  const hasRoles = buy === 'maker' || sell === 'maker';
  return {
    ...rest,
    takerBps: said ?? market.takerBps,
    makerBps: feeOf(known, market.symbol, 'maker') ?? market.makerBps,
    ...(isFeeAssumed === true && said === null ? { isFeeAssumed } : {}),
    ...(hasRoles ? { feeRoles: { buy, sell } } : {}),
  };
}

/** The fee of the highest tier that `volume` reaches; null when it reaches none. Lowest volume first. */
export function tierFeeBps(tiers: readonly FeeTier[], volume: string): number | null {
  const reached = tiers.filter(
    ({ fromVolume }) => compare(toDecimal(fromVolume), toDecimal(volume)) <= 0,
  );
  return reached.at(-1)?.feeBps ?? null;
}

function feeOf(known: readonly ExchangeFees[], symbol: string, role: FeeRole): number | null {
  const field = role === 'taker' ? 'takerBps' : 'makerBps';
  for (const fees of known) {
    const tier = fees.tiers === null ? null : tierFeeBps(fees.tiers[role], fees.volume30d ?? '0');
    const feeBps = fees.markets.get(symbol)?.[field] ?? tier ?? fees[field];
    if (feeBps !== null) return feeBps;
  }
  return null;
}

function roleOf(
  known: readonly ExchangeFees[],
  symbol: string,
  field: 'buyRole' | 'sellRole',
): FeeRole {
  for (const fees of known) {
    const role = fees.markets.get(symbol)?.[field] ?? fees[field];
    if (role !== null) return role;
  }
  return 'taker';
}
