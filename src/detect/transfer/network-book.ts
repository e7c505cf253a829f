/** Networks of all exchanges: what the feed says, and above it what the configuration says. */

import type { AssetNetwork } from '../../domain/network.ts';
import type { NetworksOf } from './hops.ts';

export interface NetworkBook {
  readonly networksOf: NetworksOf;
  /** Replaces all that the feed has said. */
  setFromFeed(networks: readonly AssetNetwork[]): void;
  /** All that is known, by exchange, asset and network. */
  all(): readonly AssetNetwork[];
  readonly isEmpty: boolean;
}

/** @param configured - stand for, or beside, the feed's networks of the same exchange, asset and id. */
export function createNetworkBook(configured: readonly AssetNetwork[]): NetworkBook {
  const merge = (fromFeed: readonly AssetNetwork[]) => {
    const byKey = new Map(fromFeed.map((each) => [keyOf(each), each]));
    for (const each of configured) byKey.set(keyOf(each), each);
    return [...byKey.values()].sort(compareNetworks);
  };
  let all = merge([]);
  let byAsset = Map.groupBy(all, assetKeyOf);
  return {
    networksOf: (exchange, asset) => byAsset.get(assetKeyOf({ exchange, asset })) ?? null,
    setFromFeed: (networks) => {
      all = merge(networks);
      byAsset = Map.groupBy(all, assetKeyOf);
    },
    all: () => all,
    get isEmpty() {
      return all.length === 0;
    },
  };
}

function assetKeyOf({ exchange, asset }: Pick<AssetNetwork, 'exchange' | 'asset'>): string {
  return `${exchange} ${asset}`;
}

function keyOf(network: AssetNetwork): string {
  return `${assetKeyOf(network)} ${network.network}`;
}

function compareNetworks(a: AssetNetwork, b: AssetNetwork): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
