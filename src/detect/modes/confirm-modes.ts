/**
 * Confirms one pair at depth in both modes, by what is held: `inventory`, where what is sold lies ready, and `transfer`,
 * where it has to be moved first. The rule says which of them makes it an opportunity.
 */

import type {
  ModeFigures,
  ModeOutcomes,
  ModeRefusal,
  OpportunityMode,
} from '../../domain/modes.ts';
import { compare } from '../../domain/money.ts';
import { type PairSide, toPairTerms } from '../costs/pair-terms.ts';
import { judgeBooks, type PairConfirmation } from '../pair.ts';
import { type Attempt, type ModeParts, profitOf, type Tried, tryHeld } from './try-held.ts';
import { tryTransfer } from './try-transfer.ts';

/** @param minEdgeBps - what is earned above this share of the cost, basis points, is made as large as possible. */
export function confirmModes(
  parts: ModeParts,
  buy: PairSide,
  sell: PairSide,
  minEdgeBps: number,
  nowMs: number,
): PairConfirmation {
  const { settings, account } = parts;
  const guard = judgeBooks(buy, sell, settings, nowMs);
  if (guard !== null) return { found: false, reason: guard };
  const attempt: Attempt = { parts, buy, sell, minEdgeBps, nowMs };
  const inventory = tryHeld(attempt, toPairTerms(buy, sell));
  const rule = settings.modeRule ?? 'inventory';
  if (rule === 'inventory' && account.networks.isEmpty) {
    return toConfirmation('inventory', inventory, null);
  }
  const transfer = tryTransfer(attempt, inventory);
  const mode = rule === 'either' ? betterOf(inventory, transfer) : rule;
  const modes = { inventory: toOutcome(inventory), transfer: toTransferOutcome(transfer) };
  return toConfirmation(mode, mode === 'inventory' ? inventory : transfer, modes);
}

/** The mode that leaves more; of equal ones, and when there is none, `inventory`. */
function betterOf(inventory: Tried, transfer: Tried): OpportunityMode {
  if (!transfer.found) return 'inventory';
  if (!inventory.found) return 'transfer';
  return compare(profitOf(transfer), profitOf(inventory)) > 0 ? 'transfer' : 'inventory';
}

function toConfirmation(
  mode: OpportunityMode,
  tried: Tried,
  modes: ModeOutcomes | null,
): PairConfirmation {
  if (!tried.found) return toRejection(tried.reason);
  const { edge, legs } = tried.pair;
  const cap = tried.cappedBy === null ? {} : { cappedBy: tried.cappedBy };
  return {
    found: true,
    edge: { ...edge, ...cap, ...(modes === null ? {} : { mode, modes }) },
    legs,
  };
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

function toOutcome(tried: Tried): ModeOutcomes['inventory'] {
  return tried.found ? { found: true, ...toFigures(tried) } : tried;
}

function toTransferOutcome(tried: Tried): ModeOutcomes['transfer'] {
  if (!tried.found) return tried;
  const { transfer } = tried.pair;
  if (transfer === null) throw new Error('BUG: a transfer was confirmed without a way');
  return { found: true, ...toFigures(tried), transfer };
}

function toFigures({ pair, cappedBy }: Extract<Tried, { found: true }>): ModeFigures {
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
