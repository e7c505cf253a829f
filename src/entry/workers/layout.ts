/**
 * How the market is spread over Durable Objects. With one shard, one object does everything. With N, each of N objects
 * looks for pairs among its own symbols, and one more, the whole market, gets every quote: it looks for cycles, whose
 * legs must lie in one memory, and answers what needs all markets at once. Groups of connected assets would be no shards:
 * USDT and BTC connect nearly all of them to one.
 */

import { shardOf } from '../../domain/shards.ts';

/** What one object does. */
export type ShardRole =
  | { readonly kind: 'only' }
  | { readonly kind: 'pairs'; readonly index: number }
  | { readonly kind: 'whole' };

export interface Layout {
  /** Names of all objects: those with pairs first, in the order of their index. */
  readonly names: readonly string[];
  /** The object that looks for pairs of a symbol. */
  ownerOf(symbol: string): string;
  /** The object that knows all markets. */
  readonly whole: string;
  roleOf(name: string): ShardRole;
}

const WHOLE_NAME = 'market-whole';

/** @param shardsCount - `MARKET_SHARDS`. */
export function createLayout(shardsCount: number): Layout {
  const pairs = Array.from({ length: shardsCount }, (_, index) => toName(index));
  const isOne = shardsCount === 1;
  const whole = isOne ? toName(0) : WHOLE_NAME;
  return {
    names: isOne ? pairs : [...pairs, whole],
    ownerOf: (symbol) => toName(shardOf(symbol, shardsCount)),
    whole,
    roleOf: (name) => {
      if (isOne) return { kind: 'only' };
      return name === whole ? { kind: 'whole' } : { kind: 'pairs', index: pairs.indexOf(name) };
    },
  };
}

/** The first has the name that a single one has, so that its data stays when shards are added. */
function toName(index: number): string {
  return index === 0 ? 'market' : `market-${index}`;
}
