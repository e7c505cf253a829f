import { describe, expect, test } from 'bun:test';
import {
  add,
  compare,
  subtract,
  toDecimal,
  toDecimalString,
  ZERO,
} from '../../../src/domain/money.ts';
import type { TransferRefusalCode } from '../../../src/domain/transfer.ts';
import type { CostWaterfall } from '../../../src/domain/waterfall.ts';
import {
  confirmCase,
  edgeOf,
  type ModeCase,
  modesOf,
  transferOf,
  way,
} from '../../support/modes.ts';
import { network } from '../../support/networks.ts';

const DEEP: ModeCase = { asks: [[100, 50]], bids: [[102, 10]] };

function amountsOf({ steps }: CostWaterfall) {
  return steps.map(({ code, exchange, amountInQuote }) => [code, exchange, amountInQuote]);
}

/** The code of why the mode `transfer` gives nothing; null when it gives something. */
function refusalOf(given: ModeCase) {
  const confirmation = confirmCase({
    ...given,
    settings: { ...given.settings, modeRule: 'transfer' },
  });
  return confirmation.found ? null : (confirmation.refusal ?? { code: confirmation.reason });
}

describe('a transfer', () => {
  test('buys what the network takes on top of what is sold', () => {
    const given = {
      ...DEEP,
      networks: way('BTC', { withdrawalFeeInAsset: '0.05', transferMs: 600_000 }),
      volatilityBps: 10,
    };
    const found = transferOf(given);
    expect(found.sizeInBase).toBe('10');
    expect(found.transfer).toEqual({
      network: 'BTC',
      feeInBase: '0.05',
      feeInQuote: '5',
      feeBps: expect.closeTo((5 / 1005) * 1e4, 6),
      withdrawnInBase: '10.05',
      arrivedInBase: '10',
      transferMs: 600_000,
      transferDeviationMs: 0,
      isTimeAssumed: false,
      volatilityBps: 10,
      riskBps: 47.987244532,
      // What the profit buys on top of it: 1020 − 1005 − 4.894698942264 at 100.
      breakEvenNetworkFeeInBase: '0.151053010577',
    });
    expect(found.profitInQuote).toBe('10.105301057736');
  });

  test('shows its costs as steps of the waterfall, which add up', () => {
    const found = transferOf({
      ...DEEP,
      networks: way('BTC', { withdrawalFeeInAsset: '0.01', transferMs: 240_000 }),
      volatilityBps: 10,
      settings: { riskAversion: 1 },
      buyMarket: { takerBps: 10 },
      sellMarket: { takerBps: 20 },
    });
    // γ = 1: ½·√(1 + √13)·10·√4 = 21.460395… bps of 1017.96.
    const risk = toDecimalString(subtract(ZERO, toDecimal('2.184582405')));
    expect(amountsOf(found.waterfall).map(([code, exchange]) => [code, exchange])).toEqual([
      ['gross', null],
      ['depth', 'cheap'],
      ['depth', 'dear'],
      ['trading_fee', 'cheap'],
      ['trading_fee', 'dear'],
      ['network_fee', 'cheap'],
      ['transfer_risk', null],
      ['lots', null],
      ['fixed', null],
      ['net', null],
    ]);
    const amountOf = (code: string) =>
      Number(found.waterfall.steps.find((step) => step.code === code)?.amountInQuote);
    expect(amountOf('network_fee')).toBe(-1);
    expect(amountOf('transfer_risk')).toBeCloseTo(Number(risk), 4);
    const total = found.waterfall.steps
      .slice(0, -1)
      .reduce((sum, step) => add(sum, toDecimal(step.amountInQuote)), ZERO);
    expect(toDecimalString(total)).toBe(found.profitInQuote);
    expect(Number(found.profitInQuote)).toBeCloseTo(
      20 - 1.001 - 2.04 - 1 - amountOf('transfer_risk') * -1,
      9,
    );
  });

  test('gives the least size that earns the fixed fee', () => {
    const fee = { networks: way('BTC', { withdrawalFeeInAsset: '0.02' }) };
    expect(transferOf({ ...DEEP, ...fee }).waterfall.breakEvenSizeInBase).toBe('1');
    const at = (maxSizeInBase: number) =>
      refusalOf({ ...DEEP, ...fee, settings: { maxSizeInBase } });
    expect(at(1.000001)).toBeNull();
    expect(at(1)?.code).toBe('edge_short_after_transfer');
  });

  test('gives the network fee at which its size earns nothing', () => {
    const at = (fee: string) => ({
      ...DEEP,
      networks: way('BTC', { withdrawalFeeInAsset: fee }),
    });
    expect(transferOf(at('0.01')).transfer.breakEvenNetworkFeeInBase).toBe('0.2');
    expect(refusalOf(at('0.199999'))).toBeNull();
    expect(refusalOf(at('0.2'))?.code).toBe('edge_short_after_transfer');
  });

  test('takes the way that leaves most: the cheapest, unless waiting costs more', () => {
    const ways = [
      ...way('SLOW', { withdrawalFeeInAsset: '0.001', transferMs: 3_600_000 }),
      ...way('QUICK', { withdrawalFeeInAsset: '0.01', transferMs: 60_000 }),
    ];
    const at = (volatilityBps: number) =>
      transferOf({ ...DEEP, networks: ways, volatilityBps }).transfer.network;
    expect(at(0)).toBe('SLOW');
    expect(at(5)).toBe('QUICK');
  });

  test('counts a share of the amount as a fee, too', () => {
    const found = transferOf({
      asks: [[100, 50]],
      bids: [[102, 9.9]],
      networks: way('BTC', { withdrawalFeeInAsset: '0', withdrawalFeeBps: 100 }),
    });
    expect(found).toMatchObject({ sizeInBase: '9.9', costInQuote: '1000', profitInQuote: '9.8' });
    expect(found.transfer).toMatchObject({ feeInBase: '0.1', arrivedInBase: '9.9' });
  });

  test('is not limited by what is held where it is sold', () => {
    const modes = modesOf({ ...DEEP, balances: { 'dear BTC': '1' } });
    expect(modes?.inventory).toMatchObject({ found: true, sizeInBase: '1' });
    expect(modes?.transfer).toMatchObject({ found: true, sizeInBase: '10', cappedBy: null });
  });
});

describe('a transfer fails closed', () => {
  const CASES: readonly (readonly [TransferRefusalCode, Partial<ModeCase>])[] = [
    ['networks_unknown', { networks: [network('cheap', 'BTC', 'BTC')] }],
    ['withdrawal_off', { networks: way('BTC', { isWithdrawalEnabled: false }) }],
    ['deposit_off', { networks: way('BTC', { isDepositEnabled: false }) }],
    ['withdrawal_fee_unknown', { networks: way('BTC', { withdrawalFeeInAsset: null }) }],
    ['volatility_unknown', { volatilityBps: null }],
  ];

  test.each(CASES)('with %s', (code, given) => {
    expect(refusalOf({ ...DEEP, ...given })?.code).toBe(code);
    expect(edgeOf({ ...DEEP, ...given }).modes?.transfer).toMatchObject({
      found: false,
      reason: { code },
    });
  });

  test('not for want of a volatility when risk is not priced', () => {
    expect(refusalOf({ ...DEEP, volatilityBps: null, settings: { riskAversion: 0 } })).toBeNull();
  });

  test('below the least withdrawal: the last accepted and the first refused', () => {
    const at = (minWithdrawalInAsset: string) =>
      refusalOf({
        ...DEEP,
        networks: way('BTC', { minWithdrawalInAsset, withdrawalFeeInAsset: '0.1' }),
      });
    expect(at('10.1')).toBeNull();
    expect(at('10.100001')).toEqual({
      code: 'below_minimum_withdrawal',
      asset: 'BTC',
      exchange: 'cheap',
      network: 'BTC',
      minWithdrawalInBase: '10.100001',
    });
  });

  test('below the least deposit: the last accepted and the first refused', () => {
    const at = (minDepositInAsset: string) =>
      refusalOf({
        ...DEEP,
        networks: way('BTC', { minDepositInAsset, withdrawalFeeInAsset: '0.1' }),
      });
    expect(at('10')).toBeNull();
    expect(at('10.000001')).toEqual({
      code: 'below_minimum_deposit',
      asset: 'BTC',
      exchange: 'dear',
      network: 'BTC',
      minDepositInBase: '10.000001',
    });
  });

  test('the greatest withdrawal makes it smaller', () => {
    const found = transferOf({
      ...DEEP,
      networks: way('BTC', { maxWithdrawalInAsset: '4', withdrawalFeeInAsset: '0.01' }),
    });
    expect(found.sizeInBase).toBe('3.99');
  });

  test('the price risk has to be earned: the last accepted and the first refused', () => {
    const at = (volatilityBps: number) =>
      refusalOf({ ...DEEP, networks: way('BTC', { transferMs: 60_000 }), volatilityBps });
    // 1.5174899 · σ = (1 − 100/102) in bps at σ = 129.2109…
    expect(at(129.2)).toBeNull();
    expect(at(129.22)).toMatchObject({ code: 'edge_short_after_transfer', network: 'BTC' });
  });

  test('says what is missing at the size of the mode inventory', () => {
    const refusal = refusalOf({
      ...DEEP,
      minEdgeBps: 100,
      networks: way('BTC', { withdrawalFeeInAsset: '0.15' }),
    });
    // (1020 − 1015) / 1015
    expect(refusal).toMatchObject({
      code: 'edge_short_after_transfer',
      feeInBase: '0.15',
      edgeBps: expect.closeTo(49.261, 3),
      missingBps: expect.closeTo(50.739, 3),
    });
  });
});

describe('the rule', () => {
  const costly = { ...DEEP, networks: way('BTC', { withdrawalFeeInAsset: '0.3' }) };
  const withRule = (given: ModeCase, modeRule: 'inventory' | 'transfer' | 'either') =>
    confirmCase({ ...given, settings: { modeRule } });

  test('inventory tells the transfer beside it, but does not need it', () => {
    const edge = edgeOf(costly);
    expect(edge).toMatchObject({ mode: 'inventory', profitInQuote: '20' });
    expect(edge.modes?.inventory).toMatchObject({ found: true, profitInQuote: '20' });
    expect(edge.modes?.transfer.found).toBe(false);
  });

  test('transfer needs it', () => {
    expect(withRule(costly, 'transfer')).toMatchObject({
      found: false,
      reason: 'edge_short_after_transfer',
    });
    expect(withRule(DEEP, 'transfer')).toMatchObject({ found: true, edge: { mode: 'transfer' } });
  });

  test('either takes the mode that leaves more', () => {
    expect(withRule(costly, 'either')).toMatchObject({ found: true, edge: { mode: 'inventory' } });
    const unheld = { ...DEEP, balances: { 'dear BTC': '0' } };
    expect(withRule(unheld, 'either')).toMatchObject({
      found: true,
      edge: { mode: 'transfer', profitInQuote: '20' },
    });
  });

  test('what is no edge from inventory is none by transfer, for the same reason', () => {
    const short = { ...DEEP, minEdgeBps: 500 };
    for (const rule of ['inventory', 'transfer', 'either'] as const) {
      expect(withRule(short, rule)).toEqual({ found: false, reason: 'edge_below_threshold' });
    }
  });

  test('without any network there is nothing to show beside inventory', () => {
    expect(edgeOf({ ...DEEP, networks: [] }).modes).toBeUndefined();
    expect(withRule({ ...DEEP, networks: [] }, 'transfer')).toMatchObject({
      found: false,
      reason: 'networks_unknown',
    });
  });
});

describe('balances', () => {
  test('cap the size by the base held where it is sold, and say so', () => {
    const edge = edgeOf({ ...DEEP, balances: { 'dear BTC': '2.5' } });
    expect(edge.sizeInBase).toBe('2.5');
    expect(edge.cappedBy).toEqual({ exchange: 'dear', asset: 'BTC', balanceInAsset: '2.5' });
  });

  test('cap the size by the quote held where it is bought, and say so', () => {
    const edge = edgeOf({
      ...DEEP,
      buyMarket: { takerBps: 100 },
      balances: { 'cheap USD': '505', 'dear BTC': '8' },
    });
    expect(edge.sizeInBase).toBe('5');
    expect(edge.cappedBy).toEqual({ exchange: 'cheap', asset: 'USD', balanceInAsset: '505' });
  });

  test('do not bind when they are just enough', () => {
    const enough = { 'cheap USD': '1000', 'dear BTC': '10' };
    expect(edgeOf({ ...DEEP, balances: enough }).cappedBy).toBeUndefined();
    const edge = edgeOf({ ...DEEP, balances: { ...enough, 'dear BTC': '9.999999' } });
    expect(compare(toDecimal(edge.sizeInBase), toDecimal('9.999999'))).toBe(0);
    expect(edge.cappedBy?.exchange).toBe('dear');
  });

  test.each([
    ['cheap USD', 'cheap', 'USD'],
    ['dear BTC', 'dear', 'BTC'],
  ])('nothing of %s is a reason of its own', (name, exchange, asset) => {
    expect(confirmCase({ ...DEEP, balances: { [name]: '0' } })).toEqual({
      found: false,
      reason: 'balance_missing',
      refusal: { code: 'balance_missing', exchange, asset },
    });
  });

  test('too little for the least order: the last accepted and the first refused', () => {
    const at = (balance: string) =>
      confirmCase({
        ...DEEP,
        sellMarket: { minSizeInBase: '0.5' },
        balances: { 'dear BTC': balance },
      });
    expect(at('0.5')).toMatchObject({ found: true, edge: { sizeInBase: '0.5' } });
    expect(at('0.499999')).toEqual({
      found: false,
      reason: 'balance_too_small',
      refusal: {
        code: 'balance_too_small',
        exchange: 'dear',
        asset: 'BTC',
        balanceInAsset: '0.499999',
      },
    });
  });
});
