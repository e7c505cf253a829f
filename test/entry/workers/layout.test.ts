import { describe, expect, test } from 'bun:test';
import { createLayout } from '../../../src/entry/workers/layout.ts';

describe('the layout', () => {
  test('of one shard is one object that does everything', () => {
    const layout = createLayout(1);
    expect(layout.names).toEqual(['market']);
    expect([layout.whole, layout.ownerOf('BTC/USDT')]).toEqual(['market', 'market']);
    expect(layout.roleOf('market')).toEqual({ kind: 'only' });
  });

  test('of several has one more for the whole market, and each symbol one owner', () => {
    const layout = createLayout(3);
    expect(layout.names).toEqual(['market', 'market-1', 'market-2', 'market-whole']);
    expect(layout.roleOf('market-2')).toEqual({ kind: 'pairs', index: 2 });
    expect(layout.roleOf('market-whole')).toEqual({ kind: 'whole' });
    const owners = new Set(
      Array.from({ length: 60 }, (_, index) => layout.ownerOf(`A${index}/USDT`)),
    );
    expect([...owners].sort()).toEqual(['market', 'market-1', 'market-2']);
  });
});
