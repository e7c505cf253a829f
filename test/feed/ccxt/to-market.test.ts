import { describe, expect, test } from 'bun:test';
import ccxt from 'ccxt';
import type { CcxtMarket } from '../../../src/feed/drivers/ccxt/ccxt-types.ts';
import {
  ASSUMED_MAKER_BPS,
  ASSUMED_TAKER_BPS,
  toMarket,
} from '../../../src/feed/drivers/ccxt/to-market.ts';

const DECIMAL_PLACES = 2;
const SIGNIFICANT_DIGITS = 3;
const TICK_SIZE = 4;

const SPOT: CcxtMarket = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  spot: true,
  active: true,
  taker: 0.00075,
  maker: -0.0001,
  precision: { price: 0.01, amount: 1e-8 },
  limits: { amount: { min: 0.00001, max: 9_000 }, cost: { min: 5 } },
};

function convert(
  source: CcxtMarket,
  precisionMode = TICK_SIZE,
  takerBpsOverride: number | null = null,
) {
  const { numberToString } = ccxt;
  return toMarket({ id: 'x', precisionMode, numberToString }, source, { takerBpsOverride });
}

describe('a market of ccxt', () => {
  test('has its fees in basis points and its steps and limits as decimal strings', () => {
    expect(convert(SPOT)).toEqual({
      market: {
        exchange: 'x',
        symbol: 'BTC/USDT',
        base: 'BTC',
        quote: 'USDT',
        takerBps: 7.5,
        makerBps: -1,
        priceStep: '0.01',
        sizeStep: '0.00000001',
        minSizeInBase: '0.00001',
        maxSizeInBase: '9000',
        minCostInQuote: '5',
        isActive: true,
      },
      isSpot: true,
      sizeScale: 1,
      isInverse: false,
      group: 'spot',
    });
  });

  test('says where the fee is taken and the most an order may cost, where ccxt does', () => {
    const market = convert({ ...SPOT, feeSide: 'get', limits: { cost: { max: 1000 } } })?.market;
    expect(market).toMatchObject({ feeSide: 'get', maxCostInQuote: '1000' });
    expect(convert({ ...SPOT, feeSide: 'quote' })?.market.feeSide).toBeUndefined();
    expect(convert({ ...SPOT, feeSide: 'other' })?.market.feeSide).toBeUndefined();
    const swap = { ...SPOT, spot: false, swap: true, linear: true, contractSize: 1 };
    expect(convert({ ...swap, feeSide: 'get' })?.market.feeSide).toBeUndefined();
  });

  test('has the same steps when precision counts digits, also digits before the point', () => {
    const digits = convert({ ...SPOT, precision: { price: 2, amount: 8 } }, DECIMAL_PLACES)?.market;
    expect([digits?.priceStep, digits?.sizeStep]).toEqual(['0.01', '0.00000001']);
    const tens = convert({ ...SPOT, precision: { price: -1, amount: 0 } }, DECIMAL_PLACES)?.market;
    expect([tens?.priceStep, tens?.sizeStep]).toEqual(['10', '1']);
  });

  test('has no steps when precision counts significant digits, or is missing', () => {
    const significant = convert(
      { ...SPOT, precision: { price: 5, amount: 8 } },
      SIGNIFICANT_DIGITS,
    );
    expect(significant?.market).toMatchObject({ priceStep: null, sizeStep: null });
    const { precision: _precision, limits: _limits, ...bare } = SPOT;
    expect(convert(bare)?.market).toMatchObject({
      priceStep: null,
      sizeStep: null,
      minSizeInBase: null,
      maxSizeInBase: null,
      minCostInQuote: null,
    });
  });

  test('an unknown fee is taken for a high one and marked; a fee of zero is a fee', () => {
    const { taker: _taker, maker: _maker, ...withoutFees } = SPOT;
    expect(convert(withoutFees)?.market).toMatchObject({
      takerBps: ASSUMED_TAKER_BPS,
      makerBps: ASSUMED_MAKER_BPS,
      isFeeAssumed: true,
    });
    const free = convert({ ...SPOT, taker: 0, maker: 0 })?.market;
    expect(free).toMatchObject({ takerBps: 0, makerBps: 0 });
    expect(free?.isFeeAssumed).toBeUndefined();
    const flat = convert({ ...SPOT, percentage: false })?.market;
    expect(flat).toMatchObject({ takerBps: ASSUMED_TAKER_BPS, isFeeAssumed: true });
    expect(convert({ ...SPOT, taker: Number.NaN })?.market.isFeeAssumed).toBe(true);
  });

  test('the assumed taker fee is above what ccxt knows of nineteen exchanges in twenty', () => {
    const known = ccxt.exchanges.flatMap((id: string) => {
      const exchangeClass = Reflect.get(ccxt, id);
      const taker: unknown = new exchangeClass().fees?.trading?.taker;
      return typeof taker === 'number' ? [taker * 10_000] : [];
    });
    const above = known.filter((bps) => bps > ASSUMED_TAKER_BPS);
    expect(known.length).toBeGreaterThan(70);
    expect(above.length / known.length).toBeLessThan(0.06);
  });

  test('an override replaces the taker fee and leaves nothing to assume', () => {
    const { taker: _taker, ...withoutTaker } = SPOT;
    const market = convert(withoutTaker, TICK_SIZE, 3)?.market;
    expect(market?.takerBps).toBe(3);
    expect(market?.isFeeAssumed).toBeUndefined();
    expect(convert(SPOT, TICK_SIZE, 0)?.market.takerBps).toBe(0);
  });

  test('sizes of a linear derivative are scaled from contracts to base units', () => {
    const linear = convert({
      ...SPOT,
      symbol: 'BTC/USDT:USDT',
      spot: false,
      swap: true,
      linear: true,
      contractSize: 0.001,
      precision: { price: 0.1, amount: 1 },
      limits: { amount: { min: 1, max: 1_000 } },
    });
    expect(linear).toMatchObject({ isSpot: false, sizeScale: 0.001, group: 'linear perpetual' });
    expect(linear?.market).toMatchObject({
      sizeStep: '0.001',
      minSizeInBase: '0.001',
      maxSizeInBase: '1',
      contract: {
        ...{ kind: 'perpetual', settlement: 'linear', expiryMs: null },
        ...{ contractSize: '0.001', contractStep: '1' },
      },
    });
  });

  test('an inverse contract is of quote units: its limits are of cost, and its lots of contracts', () => {
    const inverse = convert({
      ...SPOT,
      ...{ symbol: 'BTC/USD:BTC-260327', quote: 'USD', spot: false, future: true, inverse: true },
      ...{ contractSize: 100, expiry: 1_774_598_400_000, precision: { price: 0.1, amount: 1 } },
      limits: { amount: { min: 1, max: 1_000 } },
    });
    expect(inverse).toMatchObject({ isInverse: true, sizeScale: 100, group: 'inverse dated' });
    expect(inverse?.market).toMatchObject({
      ...{ sizeStep: null, minSizeInBase: null, maxSizeInBase: null },
      ...{ minCostInQuote: '100', maxCostInQuote: '100000' },
      contract: {
        ...{ kind: 'dated', settlement: 'inverse', contractSize: '100', contractStep: '1' },
        expiryMs: 1_774_598_400_000,
      },
    });
  });

  test('what cannot be compared is left out: settled in a third asset, options, nameless', () => {
    const swap = { ...SPOT, spot: false, swap: true };
    expect(convert({ ...swap, linear: false, contractSize: 100 })).toBeNull();
    expect(convert({ ...swap, linear: true })).toBeNull();
    expect(convert({ ...swap, linear: true, contractSize: 1, option: true })).toBeNull();
    expect(convert({ ...swap, swap: false, linear: true, contractSize: 1 })).toBeNull();
    expect(convert({ ...SPOT, symbol: undefined })).toBeNull();
    expect(convert({ ...SPOT, base: '' })).toBeNull();
    expect(convert({ ...SPOT, quote: 7 })).toBeNull();
  });

  test('is active unless the exchange says that it is not', () => {
    expect(convert({ ...SPOT, active: false })?.market.isActive).toBe(false);
    expect(convert({ ...SPOT, active: undefined })?.market.isActive).toBe(true);
  });
});
