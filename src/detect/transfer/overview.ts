/** What is known of moving one asset: its networks, the ways between every two exchanges, what is held. */

import type { AssetNetwork, Balance } from '../../domain/network.ts';
import type { HopRefusal, TransferHop } from '../../domain/transfer.ts';
import { findHops } from './hops.ts';
import type { AccountView } from './transfer-terms.ts';

/** From one exchange to another: the ways there are, least fee first, or why there is none. */
export interface TransferRoute {
  readonly fromExchange: string;
  readonly toExchange: string;
  readonly hops: readonly TransferHop[];
  /** Null when there is a way. */
  readonly reason: HopRefusal | null;
}

export interface TransferOverview {
  readonly asset: string;
  readonly networks: readonly AssetNetwork[];
  readonly routes: readonly TransferRoute[];
  /** Of exchanges whose balances are given. */
  readonly balances: readonly Balance[];
}

/** @param exchanges - those between which it could go. */
export function toTransferOverview(
  asset: string,
  exchanges: readonly string[],
  { networks, balanceOf }: Pick<AccountView, 'networks' | 'balanceOf'>,
  assumedTransferMs: number,
): TransferOverview {
  const routes = exchanges.flatMap((fromExchange) =>
    exchanges
      .filter((toExchange) => toExchange !== fromExchange)
      .map((toExchange): TransferRoute => {
        const query = { asset, fromExchange, toExchange, assumedTransferMs };
        const search = findHops(query, networks.networksOf);
        const [hops, reason] = search.found ? [search.hops, null] : [[], search.reason];
        return { fromExchange, toExchange, hops, reason };
      }),
  );
  const balances = exchanges.flatMap((exchange) => {
    const amountInAsset = balanceOf(exchange, asset);
    return amountInAsset === null ? [] : [{ exchange, asset, amountInAsset }];
  });
  return {
    asset,
    networks: networks.all().filter((each) => each.asset === asset),
    routes,
    balances,
  };
}
