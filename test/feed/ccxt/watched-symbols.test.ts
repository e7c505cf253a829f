import { describe, expect, test } from 'bun:test';
import type { LoadedMarket } from '../../../src/feed/drivers/ccxt/to-market.ts';
import { toWatchedSymbols } from '../../../src/feed/drivers/ccxt/watched-symbols.ts';

function listing(exchange: string, symbols: Readonly<Record<string, 'active' | 'suspended'>>) {
  const markets = Object.entries(symbols).map(([symbol, state]): [string, LoadedMarket] => {
    const [base = '', quote = ''] = symbol.split(/[/:]/);
    const fees = { takerBps: 10, makerBps: 10 };
    const steps = { priceStep: null, sizeStep: null };
    const limits = { minSizeInBase: null, maxSizeInBase: null, minCostInQuote: null };
    const isActive = state === 'active';
    const market = { exchange, symbol, base, quote, ...fees, ...steps, ...limits, isActive };
    return [
      symbol,
      { market, isSpot: !symbol.includes(':'), sizeScale: 1, isInverse: false, group: 'spot' },
    ];
  });
  return [exchange, new Map(markets)] as const;
}

const LOADED = new Map([
  listing('a', { 'BTC/USDT': 'active', 'ETH/USDT': 'active', 'BTC/USDT:USDT': 'active' }),
  listing('b', { 'BTC/USDT': 'active', 'ETH/USDT': 'suspended', 'BTC/USDT:USDT': 'active' }),
  listing('c', { 'BTC/USDT': 'suspended', 'SOL/USDT': 'active' }),
]);

const namesOf = ({ markets }: ReturnType<typeof toWatchedSymbols>) =>
  markets.map(({ exchange, symbol }) => `${exchange} ${symbol}`);

describe('the symbols to watch', () => {
  test('are those asked for that two exchanges trade; others are listed with who has them', () => {
    const watched = toWatchedSymbols(LOADED, ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'BTC/USDT']);
    expect(namesOf(watched)).toEqual(['a BTC/USDT', 'b BTC/USDT', 'c BTC/USDT']);
    expect(watched.omitted).toEqual([
      { symbol: 'ETH/USDT', reason: 'fewer_than_two_exchanges', exchanges: ['a'] },
      { symbol: 'XRP/USDT', reason: 'fewer_than_two_exchanges', exchanges: [] },
    ]);
  });

  test('are read from the exchanges that trade them now', () => {
    const { symbolsByExchange } = toWatchedSymbols(LOADED, ['BTC/USDT', 'SOL/USDT']);
    expect(Object.fromEntries(symbolsByExchange)).toEqual({
      a: ['BTC/USDT'],
      b: ['BTC/USDT'],
      c: [],
    });
  });

  test('are all shared spot symbols when it is left to the feed', () => {
    const watched = toWatchedSymbols(LOADED, 'auto');
    expect(namesOf(watched)).toEqual(['a BTC/USDT', 'b BTC/USDT', 'c BTC/USDT']);
    expect(watched.omitted.map(({ symbol }) => symbol)).toEqual(['ETH/USDT', 'SOL/USDT']);
  });

  test('include derivatives that were asked for by name', () => {
    expect(namesOf(toWatchedSymbols(LOADED, ['BTC/USDT:USDT']))).toHaveLength(2);
  });
});
