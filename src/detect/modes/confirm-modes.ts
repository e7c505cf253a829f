/**
 * Confirms one pair at depth in both modes, by what is held: `inventory`, where what is sold lies ready, and `transfer`,
 * where it has to be moved first. The rule says which of them makes it an opportunity.
 */

import type {
  BalanceCap,
  ModeFigures,
  ModeOutcomes,
  ModeRefusal,
  OpportunityMode,
} from '../../domain/modes.ts';
import { compare } from '../../domain/money.ts';
import { type PairSide, toPairTerms } from '../costs/pair-terms.ts';
import { type FoundPair, judgeBooks, type PairConfirmation, settlePair } from '../pair.ts';
import { type Attempt, type ModeParts, type Tried, tryHeld } from './try-held.ts';
import { tryTransfer } from './try-transfer.ts';

/** @param minEdgeBps - what is earned above this share of the cost, basis points, is made as large as possible. */
export function confirmModes(
  parts: ModeParts,
  buy: PairSide,
  sell: PairSide,
  minEdgeBps: number,
  nowMs: number,
): PairConfirmation {
  const { kernel, settings, account } = parts;
  const guard = judgeBooks(buy, sell, settings, nowMs);
  if (guard !== null) return { found: false, reason: guard };
  const attempt: Attempt = { kernel, settings, account, buy, sell, minEdgeBps };
  const inventory = tryHeld(attempt, toPairTerms(buy, sell));
  const rule = settings.modeRule ?? 'inventory';
  // A transfer costs more, so it finds nothing either.
  const isHopeless = !inventory.found && HOPELESS.has(inventory.reason.code);
  if (isHopeless || (rule === 'inventory' && (account.networks.isEmpty || !inventory.found))) {
    return toConfirmation('inventory', inventory, null, nowMs);
  }
  const transfer = tryTransfer(attempt, inventory);
  const mode = rule === 'either' ? betterOf(inventory, transfer) : rule;
  const other = mode === 'inventory' ? transfer : inventory;
  return toConfirmation(mode, mode === 'inventory' ? inventory : transfer, other, nowMs);
}

const HOPELESS: ReadonlySet<string> = new Set(['edge_below_threshold', 'book_invalid']);

/** The mode that leaves more; of equal ones, and when there is none, `inventory`. */
function betterOf(inventory: Tried, transfer: Tried): OpportunityMode {
  if (!transfer.found) return 'inventory';
  if (!inventory.found) return 'transfer';
  return compare(transfer.orders.profit, inventory.orders.profit) > 0 ? 'transfer' : 'inventory';
}

/** @param other - the other mode; null: it was not looked at. */
function toConfirmation(
  mode: OpportunityMode,
  tried: Tried,
  other: Tried | null,
  nowMs: number,
): PairConfirmation {
  if (!tried.found) return toRejection(tried.reason);
  const settled = settle(tried, nowMs);
  const { edge, legs } = settled.pair;
  const cap = settled.cappedBy === null ? {} : { cappedBy: settled.cappedBy };
  const modes = other === null ? {} : { mode, modes: toModes(mode, settled, settle(other, nowMs)) };
  return { found: true, edge: { ...edge, ...cap, ...modes }, legs };
}

function toModes(mode: OpportunityMode, chosen: Settled, other: Settled | Refused): ModeOutcomes {
  const [inventory, transfer] = mode === 'inventory' ? [chosen, other] : [other, chosen];
  return { inventory: toOutcome(inventory), transfer: toTransferOutcome(transfer) };
}

type Refused = Extract<Tried, { found: false }>;

/** A mode with all that is told of it. */
interface Settled {
  readonly found: true;
  readonly pair: FoundPair;
  readonly cappedBy: BalanceCap | null;
}

function settle(tried: Extract<Tried, { found: true }>, nowMs: number): Settled;
function settle(tried: Tried, nowMs: number): Settled | Refused;
function settle(tried: Tried, nowMs: number): Settled | Refused {
  if (!tried.found) return tried;
  const { terms, orders, cappedBy } = tried;
  return { found: true, pair: settlePair(terms, orders, nowMs), cappedBy };
}

function toRejection(reason: ModeRefusal): PairConfirmation {
  switch (reason.code) {
    case 'edge_below_threshold':
    case 'book_too_thin':
    case 'book_invalid':
      return { found: false, reason: reason.code };
    default:
      return { found: false, reason: reason.code, refusal: reason };
  }
}

function toOutcome(tried: Settled | Refused): ModeOutcomes['inventory'] {
  return tried.found ? { found: true, ...toFigures(tried) } : tried;
}

function toTransferOutcome(tried: Settled | Refused): ModeOutcomes['transfer'] {
  if (!tried.found) return tried;
  const { transfer } = tried.pair;
  if (transfer === null) throw new Error('BUG: a transfer was confirmed without a way');
  return { found: true, ...toFigures(tried), transfer };
}

function toFigures({ pair, cappedBy }: Settled): ModeFigures {
  const { edgeBps, sizeInBase, costInQuote, proceedsInQuote, profitInQuote, waterfall } = pair.edge;
  return {
    edgeBps,
    sizeInBase,
    costInQuote,
    proceedsInQuote,
    profitInQuote,
    waterfall,
    cappedBy,
  };
}
