/**
 * Confirms one cycle at depth by what is held and by what can be moved, after the rule for modes. A hop between two
 * exchanges is an inventory hop, bounded by the balance held there, or a transfer hop: the network's fee, its limits and
 * flags, and the risk that prices move meanwhile. What the last leg gets stays where it is.
 */

import type {
  BalanceCap,
  BalanceRefusal,
  InventoryOutcome,
  ModeRefusal,
} from '../../domain/modes.ts';
import {
  add,
  compare,
  type Decimal,
  minimum,
  multiply,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import type { OpportunityLeg } from '../../domain/opportunity.ts';
import type { TransferRefusal } from '../../domain/transfer.ts';
import { toLegFee } from '../costs/leg-fee.ts';
import type { DetectionSettings } from '../settings.ts';
import { findCarriages } from '../transfer/carriages.ts';
import type { AccountView } from '../transfer/transfer-terms.ts';
import { type CycleConfirmation, confirmCycle } from './confirm-cycle.ts';
import type { CycleSide } from './cycle-side.ts';

const ONE = toDecimal(1);

interface Attempt {
  readonly sides: readonly CycleSide[];
  readonly minEdgeBps: number;
  readonly settings: DetectionSettings;
  readonly account: AccountView;
  readonly nowMs: number;
}

/** @param account - absent: nothing is known of balances and networks; everything counts as held. */
export function confirmCycleModes(
  sides: readonly CycleSide[],
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
  account?: AccountView,
): CycleConfirmation {
  if (account === undefined) return confirmCycle(sides, minEdgeBps, settings, nowMs);
  const attempt = { sides, minEdgeBps, settings, account, nowMs };
  const inventory = tryHeld(attempt, sides, ZERO);
  const rule = settings.modeRule ?? 'inventory';
  const isCrossing = sides.some((_, leg) => leg > 0 && crosses(sides, leg));
  if (!isCrossing || (rule === 'inventory' && account.networks.isEmpty)) return inventory;
  const transfer = tryTransfer(attempt);
  const isTransfer = rule === 'transfer' || (rule === 'either' && isBetter(transfer, inventory));
  const chosen = isTransfer ? transfer : inventory;
  if (!chosen.found) return chosen;
  const mode = isTransfer ? ('transfer' as const) : ('inventory' as const);
  const cycleModes = { inventory: toOutcome(inventory), transfer: toOutcome(transfer) };
  return { ...chosen, edge: { ...chosen.edge, mode, cycleModes } };
}

/** True when leg `leg` gives on another exchange than where the leg before has got it. */
function crosses(sides: readonly CycleSide[], leg: number): boolean {
  return sides[leg]?.market.exchange !== sides[leg - 1]?.market.exchange;
}

function isBetter(a: CycleConfirmation, b: CycleConfirmation): boolean {
  if (!a.found || !b.found) return a.found;
  return compare(toDecimal(a.edge.profitInQuote), toDecimal(b.edge.profitInQuote)) > 0;
}

/** What can be ordered, and when a balance is less than that, what it leaves of it. */
function tryHeld(
  { minEdgeBps, settings, account, nowMs }: Attempt,
  sides: readonly CycleSide[],
  riskRatio: Decimal,
): CycleConfirmation {
  const confirm = (given: readonly CycleSide[]) =>
    confirmCycle(given, minEdgeBps, settings, nowMs, riskRatio);
  const free = confirm(sides);
  if (!free.found) return free;
  const held = sides.map((side, leg) => ({ ...side, balance: balanceOf(sides, leg, account) }));
  const cap = firstShort(held, free.legs);
  if (cap === null) return free;
  const within = confirm(held);
  if (within.found) return { ...within, edge: { ...within.edge, cappedBy: cap } };
  const refusal = toBalanceRefusal(cap);
  return { found: false, reason: refusal.code, refusal };
}

/** What is held for a leg whose asset does not come from the leg before; null: it does, or nothing is said. */
function balanceOf(sides: readonly CycleSide[], leg: number, account: AccountView): string | null {
  const side = sides[leg];
  if (side === undefined || side.incoming || (leg > 0 && !crosses(sides, leg))) return null;
  return account.balanceOf(side.market.exchange, givenAssetOf(side));
}

function givenAssetOf({ side, market }: CycleSide): string {
  return side === 'sell' ? market.base : market.quote;
}

/** The first leg that gives more than is held for it; null: none does. */
function firstShort(
  sides: readonly CycleSide[],
  legs: readonly OpportunityLeg[],
): BalanceCap | null {
  for (const [index, side] of sides.entries()) {
    const leg = legs[index];
    const balanceInAsset = side.balance ?? null;
    if (leg === undefined || balanceInAsset === null) continue;
    if (compare(inputOf(side, leg), toDecimal(balanceInAsset)) <= 0) continue;
    return { exchange: side.market.exchange, asset: givenAssetOf(side), balanceInAsset };
  }
  return null;
}

/** Units that a leg gives, fee included. */
function inputOf({ side, market }: CycleSide, leg: OpportunityLeg): Decimal {
  const { inBaseRatio, inQuoteRatio } = toLegFee(market, side);
  return side === 'sell'
    ? multiply(toDecimal(leg.sizeInBase), add(ONE, inBaseRatio))
    : multiply(toDecimal(leg.amountInQuote), add(ONE, inQuoteRatio));
}

function toBalanceRefusal(cap: BalanceCap): BalanceRefusal {
  const { exchange, asset } = cap;
  const isNothing = compare(toDecimal(cap.balanceInAsset), ZERO) === 0;
  return isNothing
    ? { code: 'balance_missing', exchange, asset }
    : { code: 'balance_too_small', ...cap };
}

/** Every hop between exchanges on the network with the least fixed fee that both have enabled. */
function tryTransfer(attempt: Attempt): CycleConfirmation {
  const { sides } = attempt;
  let riskRatio: Decimal = ZERO;
  const moved: CycleSide[] = [];
  for (const [leg, side] of sides.entries()) {
    if (leg === 0 || !crosses(sides, leg)) {
      moved.push(side);
      continue;
    }
    const way = findWay(attempt, leg);
    if (!way.found) return { found: false, reason: way.reason.code, refusal: way.reason };
    moved.push({ ...side, incoming: way.hop });
    riskRatio = add(riskRatio, way.riskRatio);
  }
  // Beyond this the proceeds are not worth waiting for at any price.
  const result = tryHeld(attempt, moved, minimum(riskRatio, MOST_RISK));
  if (result.found || result.refusal !== undefined) return result;
  return toTransferRefusal(moved, result, riskRatio);
}

const MOST_RISK = toDecimal('0.99');

type Way =
  | {
      readonly found: true;
      readonly hop: NonNullable<CycleSide['incoming']>;
      readonly riskRatio: Decimal;
    }
  | { readonly found: false; readonly reason: TransferRefusal };

/** While an asset is on its way the prices of all legs after it may move: their risks are added, as if all moved against. */
function findWay({ sides, account, settings }: Attempt, leg: number): Way {
  const [before, side] = [sides[leg - 1], sides[leg]];
  if (before === undefined || side === undefined) throw new Error(`BUG: no leg ${leg}`);
  const query = {
    asset: givenAssetOf(side),
    fromExchange: before.market.exchange,
    toExchange: side.market.exchange,
  };
  let riskRatio: Decimal = ZERO;
  let hop: NonNullable<CycleSide['incoming']> | null = null;
  for (const { market } of sides.slice(leg)) {
    const search = findCarriages({ ...query, symbol: market.symbol }, account, settings);
    if (!search.found) return search;
    const [carriage] = search.carriages;
    if (carriage === undefined) throw new Error('BUG: ways were found and none is left');
    hop = carriage.hop;
    riskRatio = add(riskRatio, carriage.riskRatio);
  }
  if (hop === null) throw new Error('BUG: a leg is not among its own');
  return { found: true, hop, riskRatio };
}

function toTransferRefusal(
  sides: readonly CycleSide[],
  result: Extract<CycleConfirmation, { found: false }>,
  riskRatio: Decimal,
): CycleConfirmation {
  const hop = sides.find(({ incoming }) => incoming)?.incoming ?? null;
  if (result.reason !== 'edge_below_threshold' || hop === null) return result;
  const code = 'edge_short_after_transfer' as const;
  const { network, feeInAsset: feeInBase } = hop;
  const riskBps = Number(riskRatio.units * 10_000n) / 10 ** riskRatio.scale;
  const refusal = { code, network, feeInBase, riskBps, edgeBps: null, missingBps: null };
  return { found: false, reason: code, refusal };
}

function toOutcome(result: CycleConfirmation): InventoryOutcome {
  if (!result.found) return { found: false, reason: toModeRefusal(result) };
  const { edgeBps, sizeInBase, costInQuote, proceedsInQuote, profitInQuote } = result.edge;
  const { waterfall, cappedBy = null } = result.edge;
  if (waterfall === undefined) throw new Error('BUG: a confirmed cycle has a waterfall');
  const figures = { edgeBps, sizeInBase, costInQuote, proceedsInQuote, profitInQuote };
  return { found: true, ...figures, waterfall, cappedBy };
}

function toModeRefusal({
  reason,
  refusal,
}: Extract<CycleConfirmation, { found: false }>): ModeRefusal {
  if (refusal !== undefined) return refusal;
  const code = reason === 'book_too_thin' || reason === 'book_invalid' ? reason : null;
  return { code: code ?? 'edge_below_threshold' };
}
