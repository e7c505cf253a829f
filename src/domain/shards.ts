/**
 * Which part of the work a symbol belongs to, where several detectors share it: the one assignment for Durable Objects
 * and for processes alike.
 */

import { parseSymbol } from './market.ts';

/** Most parts. */
export const MAX_SHARDS_COUNT = 1_024;

/**
 * The shard of a symbol, 0 to `shardsCount` - 1, by its base asset: all that is compared at a price in another quote
 * asset stays together. The shard with the greatest hash of base and shard wins (rendezvous hashing: D. Thaler and
 * C. Ravishankar, "Using name-based mappings to increase hit rates", 1998), so that with one shard more only the symbols
 * that it gets move.
 */
export function shardOf(symbol: string, shardsCount: number): number {
  const { base } = parseSymbol(symbol);
  let best = 0;
  let bestHash = -1;
  for (let shard = 0; shard < shardsCount; shard += 1) {
    const hash = hashOf(`${base} ${shard}`);
    if (hash > bestHash) [best, bestHash] = [shard, hash];
  }
  return best;
}

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

/** FNV-1a, 32 bits (G. Fowler, L. Noll, K. Vo), over UTF-16 units, then MurmurHash3's final mix (A. Appleby) for spread. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
