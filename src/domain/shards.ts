/**
 * Which shard a symbol belongs to: rendezvous hashing (Thaler and Ravishankar, 1998). Every shard scores the symbol, the
 * highest score takes it, so that one shard more or less moves 1/N of the symbols and no others.
 */

/** The shard of `symbol`, from 0 to `shardsCount` − 1. The same on every runtime, in every version. */
export function shardOf(symbol: string, shardsCount: number): number {
  let best = 0;
  let bestScore = -1;
  for (let shard = 0; shard < shardsCount; shard += 1) {
    const score = scoreOf(`${symbol} ${shard}`);
    if (score <= bestScore) continue;
    best = shard;
    bestScore = score;
  }
  return best;
}

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo), finished by MurmurHash3's mixer (Appleby), which spreads short keys. */
function scoreOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Most parts. */
export const MAX_SHARDS_COUNT = 1_024;

/** Says of a symbol whether one of `shards` has it; remembers its answers. */
export function isShardOf(
  shards: Iterable<number>,
  shardsCount: number,
): (symbol: string) => boolean {
  const wanted = new Set(shards);
  const known = new Map<string, boolean>();
  return (symbol) => {
    const answer = known.get(symbol) ?? wanted.has(shardOf(symbol, shardsCount));
    known.set(symbol, answer);
    return answer;
  };
}
