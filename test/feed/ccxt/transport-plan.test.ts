import { describe, expect, test } from 'bun:test';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';
import { toTransportPlan } from '../../../src/feed/drivers/ccxt/transport-plan.ts';

const ccxt = await loadCcxt();

const methodsOf = (has: Parameters<typeof toTransportPlan>[0], symbolsCount = 8) =>
  toTransportPlan(has, symbolsCount, 32).map((step) => step.method);

function hasOf(id: string) {
  const exchangeClass = ccxt.exchangeClass(id);
  if (exchangeClass === null) throw new RangeError(`exchange: expected a known one, got ${id}`);
  return new exchangeClass({}).has;
}

describe('how an exchange is read', () => {
  test('books for all symbols in one stream come first, polling last', () => {
    expect(methodsOf(hasOf('binance'))).toEqual([
      'watchOrderBookForSymbols',
      'watchOrderBook',
      'watchBidsAsks',
      'watchTickers',
      'watchTicker',
      'fetchBidsAsks',
      'fetchTickers',
      'fetchOrderBook',
    ]);
  });

  test('quotes come before books with more symbols than book streams are allowed', () => {
    expect(methodsOf(hasOf('binance'), 32)[0]).toBe('watchOrderBookForSymbols');
    expect(methodsOf(hasOf('binance'), 33)[0]).toBe('watchBidsAsks');
  });

  test('an exchange without a stream for many books is followed symbol by symbol', () => {
    expect(methodsOf(hasOf('gate'))[0]).toBe('watchOrderBook');
    expect(methodsOf(hasOf('poloniex'))[0]).toBe('watchOrderBook');
  });

  test('an exchange without WebSocket is polled', () => {
    const plan = toTransportPlan(hasOf('bitso'), 8, 32);
    expect(new Set(plan.map((step) => step.transport))).toEqual(new Set(['rest']));
    expect(plan.length).toBeGreaterThan(0);
  });

  test('only what an exchange has itself counts, not what is put together from other calls', () => {
    expect(
      methodsOf({ fetchBidsAsks: 'emulated', fetchTickers: true, watchTicker: false }),
    ).toEqual(['fetchTickers']);
    expect(methodsOf({})).toEqual([]);
  });

  test('every exchange of ccxt can be read in some way', () => {
    const without = ccxt.exchanges.filter((id) => methodsOf(hasOf(id)).length === 0);
    expect(without).toEqual([]);
  });
});
