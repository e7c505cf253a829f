/** Which shards an instance should take and give: all come to the same answer from the same view. */

import type { LeaseView } from './lease.ts';

export interface ShardPlan {
  /** Free ones to take, at most as many as its share lacks. */
  readonly take: readonly number[];
  /** Ones beyond its share. */
  readonly give: readonly number[];
}

/**
 * Shares are equal, the first members by name have one more where that does not come out even. What one has stays.
 *
 * @param owned - shards that it has or is about to have.
 */
export function planShards(
  instance: string,
  shardsCount: number,
  owned: readonly number[],
  { members, holders }: LeaseView,
): ShardPlan {
  const rank = members.indexOf(instance);
  const share =
    Math.floor(shardsCount / members.length) + (rank < shardsCount % members.length ? 1 : 0);
  const taken = new Set([...owned, ...holders.map(({ shard }) => shard)]);
  const free = Array.from({ length: shardsCount }, (_, shard) => shard).filter(
    (shard) => !taken.has(shard),
  );
  return {
    take: free.slice(0, Math.max(0, share - owned.length)),
    give: owned.slice(share),
  };
}
