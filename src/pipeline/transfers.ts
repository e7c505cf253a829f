/** How an asset can be moved between the exchanges that trade it now. */

import type { MarketState } from '../detect/market-state.ts';
import type { DetectionSettings } from '../detect/settings.ts';
import { type TransferOverview, toTransferOverview } from '../detect/transfer/overview.ts';
import { type AccountView, DEFAULT_TRANSFER_MS } from '../detect/transfer/transfer-terms.ts';

export interface TransferParts {
  readonly state: Pick<MarketState, 'symbols' | 'recordsOf'>;
  readonly account: AccountView;
}

/** Null when no market that is watched trades it. */
export function transfersNow(
  asset: string,
  { state, account }: TransferParts,
  { assumedTransferMs = DEFAULT_TRANSFER_MS }: Pick<DetectionSettings, 'assumedTransferMs'>,
): TransferOverview | null {
  const records = state.symbols().flatMap((symbol) => state.recordsOf(symbol));
  const exchanges = new Set(
    records
      .filter(({ market }) => market.base === asset || market.quote === asset)
      .map(({ market }) => market.exchange),
  );
  if (exchanges.size === 0) return null;
  return toTransferOverview(asset, [...exchanges].sort(), account, assumedTransferMs);
}
