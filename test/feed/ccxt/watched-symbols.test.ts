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

  test('include contracts of the kinds asked for, on one exchange too, and the spot beside them', () => {
    const terms = { settlement: 'linear', contractSize: '1', contractStep: null, expiryMs: null };
    const withContract = (exchange: string, symbol: string, kind: 'perpetual' | 'dated') => {
      const [, markets] = listing(exchange, { [symbol]: 'active' });
      const [[name, loaded] = []] = [...markets];
      if (name === undefined || loaded === undefined) throw new Error('expected a market');
      const contract = { kind, ...terms } as const;
      return [name, { ...loaded, market: { ...loaded.market, contract } }] as const;
    };
    const loaded = new Map([
      listing('a', { 'BTC/USDT': 'active', 'ETH/USDT': 'active' }),
      [
        'b',
        new Map<string, LoadedMarket>([
          withContract('b', 'BTC/USDT:USDT', 'perpetual') as never,
          withContract('b', 'BTC/USDT:USDT-260327', 'dated') as never,
          withContract('b', 'SOL/USDT:USDT', 'perpetual') as never,
        ]),
      ],
    ]);
    const wanted = ['BTC/USDT', 'ETH/USDT'];
    expect(namesOf(toWatchedSymbols(loaded, wanted))).toEqual([]);
    const perpetual = toWatchedSymbols(loaded, wanted, ['perpetual']);
    expect(namesOf(perpetual)).toEqual(['a BTC/USDT', 'b BTC/USDT:USDT']);
    expect(perpetual.omitted.map(({ symbol }) => symbol)).toEqual(['ETH/USDT']);
    const both = toWatchedSymbols(loaded, wanted, ['perpetual', 'dated']);
    expect(namesOf(both)).toContain('b BTC/USDT:USDT-260327');
  });
});
