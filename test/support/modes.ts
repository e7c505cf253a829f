/** A pair of books, judged in both modes, with everything that can be given. */

import { confirmModes } from '../../src/detect/modes/confirm-modes.ts';
import type { PairConfirmation } from '../../src/detect/pair.ts';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import { createNetworkBook } from '../../src/detect/transfer/network-book.ts';
import { createVolatilityBook } from '../../src/detect/transfer/volatility-book.ts';
import type { Level } from '../../src/domain/book.ts';
import type { Market } from '../../src/domain/market.ts';
import type { ModeOutcomes } from '../../src/domain/modes.ts';
import type { AssetNetwork } from '../../src/domain/network.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { book, market, START_MS } from './markets.ts';
import { network } from './networks.ts';
import { ANY_PROFIT } from './settings.ts';

const SYMBOL = 'BTC/USD';
const kernel = createReferenceKernel({
  symbolsCount: 1,
  exchangesCount: 2,
  bookSlotsCount: 2,
  bookLevelsCount: 100,
});

export interface ModeCase {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly buyMarket?: Partial<Market>;
  readonly sellMarket?: Partial<Market>;
  readonly settings?: Partial<DetectionSettings>;
  readonly minEdgeBps?: number;
  /** Absent: one network, free and at once. */
  readonly networks?: readonly AssetNetwork[];
  /** Basis points per square root of a minute; absent: 0; null: not measured yet. */
  readonly volatilityBps?: number | null;
  /** `exchange asset` → amount. */
  readonly balances?: Readonly<Record<string, string>>;
}

/** A way from `cheap` to `dear`; both sides know and allow it. */
export function way(id: string, given: Partial<AssetNetwork> = {}): readonly AssetNetwork[] {
  const { minDepositInAsset = null, isDepositEnabled = true, ...sent } = given;
  const time = { transferMs: 0 };
  return [
    network('cheap', 'BTC', id, { ...time, ...sent }),
    network('dear', 'BTC', id, { transferMs: null, minDepositInAsset, isDepositEnabled }),
  ];
}

export function confirmCase(given: ModeCase): PairConfirmation {
  const { balances = {}, volatilityBps = 0 } = given;
  const account = {
    networks: createNetworkBook(given.networks ?? way('BTC')),
    volatility: createVolatilityBook({ intervalMs: 1, windowCount: 100, fixedBps: volatilityBps }),
    balanceOf: (exchange: string, asset: string) => balances[`${exchange} ${asset}`] ?? null,
  };
  const buy = {
    market: market('cheap', SYMBOL, given.buyMarket),
    book: book('cheap', SYMBOL, [[0.01, 1]], given.asks),
  };
  const sell = {
    market: market('dear', SYMBOL, given.sellMarket),
    book: book('dear', SYMBOL, given.bids, [[1e9, 1]]),
  };
  const settings = { ...ANY_PROFIT, ...given.settings };
  return confirmModes({ kernel, settings, account }, buy, sell, given.minEdgeBps ?? 0, START_MS);
}

/** @throws {Error} when the rule's mode gives nothing. */
export function edgeOf(given: ModeCase) {
  const confirmation = confirmCase(given);
  if (!confirmation.found) throw new Error(`expected an edge, got ${confirmation.reason}`);
  return confirmation.edge;
}

/** Both modes; by the rule `either` with a mode that always gives something when one of them does. */
export function modesOf(given: ModeCase): ModeOutcomes | null {
  const rule = { settings: { ...given.settings, modeRule: 'either' as const } };
  const confirmation = confirmCase({ ...given, ...rule });
  return confirmation.found ? (confirmation.edge.modes ?? null) : null;
}

/** @throws {Error} when the mode `transfer` gives nothing. */
export function transferOf(given: ModeCase) {
  const transfer = modesOf(given)?.transfer;
  if (transfer?.found !== true) throw new Error(`expected a transfer: ${JSON.stringify(transfer)}`);
  return transfer;
}
