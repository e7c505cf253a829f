import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createDetector } from '../../../src/detect/detector.ts';
import { explain } from '../../../src/detect/explain/explain.ts';
import type { ExplainParts } from '../../../src/detect/explain/parts.ts';
import { createMarketState } from '../../../src/detect/market-state.ts';
import { createNetworkBook } from '../../../src/detect/transfer/network-book.ts';
import { createVolatilityBook } from '../../../src/detect/transfer/volatility-book.ts';
import type { ModeRule } from '../../../src/domain/modes.ts';
import type { AssetNetwork } from '../../../src/domain/network.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { market, quote, START_MS } from '../../support/markets.ts';
import { network } from '../../support/networks.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const SYMBOL = 'BTC/USD';
const ALL = { symbol: null, nearMissesCount: 10, maxPairsCount: 1_000 };

interface Given {
  /** Bids of `a`, `b` and so on; the ask is one above. */
  readonly bids: readonly number[];
  readonly networks?: readonly AssetNetwork[];
  readonly balances?: Readonly<Record<string, string>>;
  readonly modeRule?: ModeRule;
  readonly volatilityBps?: number | null;
  readonly minSizeInBase?: string;
}

const NAMES = ['a', 'b', 'c', 'd'] as const;

function explainGiven(given: Given) {
  const { bids, networks = [], balances = {}, modeRule = 'transfer' } = given;
  const kernel = createReferenceKernel({
    symbolsCount: 2,
    exchangesCount: 4,
    bookSlotsCount: 2,
    bookLevelsCount: 5,
  });
  const state = createMarketState(kernel, null);
  const limits = { minSizeInBase: given.minSizeInBase ?? null };
  state.setMarkets(bids.map((_, index) => market(NAMES[index] ?? '', SYMBOL, limits)));
  state.apply(
    bids.map((bid, index) => quote(NAMES[index] ?? '', SYMBOL, bid, bid + 1)),
    [],
  );
  const { volatilityBps: fixedBps = 0 } = given;
  const account = {
    networks: createNetworkBook(networks),
    volatility: createVolatilityBook({ intervalMs: 1, windowCount: 20, fixedBps }),
    balanceOf: (exchange: string, asset: string) => balances[`${exchange} ${asset}`] ?? null,
  };
  const settings = { ...ANY_PROFIT, modeRule };
  const parts: ExplainParts = {
    state,
    detector: createDetector({ kernel, state, settings, source: 'recording', account }),
    settings,
    source: 'recording',
    isOpen: () => false,
    faultCodes: new Map(),
    unwatched: [],
    nowMs: START_MS,
  };
  return explain(parts, ALL);
}

const BIDS = [99, 102];
const open = (fee = '0') => [
  network('a', 'BTC', 'BTC', { withdrawalFeeInAsset: fee }),
  network('b', 'BTC', 'BTC', { withdrawalFeeInAsset: fee }),
];
const off = (exchange: string, given: Partial<AssetNetwork>) => [
  ...open(),
  network(exchange, 'BTC', 'BTC', given),
];

/** The pair that buys on `a`. */
function missOf(given: Given) {
  const { nearMisses, funnel } = explainGiven(given);
  const miss = nearMisses.find(({ buyExchange }) => buyExchange === 'a');
  return { ...miss, openCount: funnel.openCount };
}

describe('a pair whose base has to be moved', () => {
  test.each<[string, Partial<Given>, string]>([
    ['networks_unknown', {}, 'a does not say on which networks BTC moves'],
    [
      'no_common_network',
      { networks: [network('a', 'BTC', 'BTC'), network('b', 'BTC', 'BSC')] },
      'no network of BTC that a and b share',
    ],
    [
      'withdrawal_off',
      { networks: off('a', { isWithdrawalEnabled: false }) },
      'withdrawals of BTC are off on a (BTC)',
    ],
    [
      'deposit_off',
      { networks: off('b', { isDepositEnabled: false }) },
      'deposits of BTC are off on b (BTC)',
    ],
    [
      'withdrawal_fee_unknown',
      { networks: off('a', { withdrawalFeeInAsset: null }) },
      'a does not say what a withdrawal of BTC costs (BTC)',
    ],
    [
      'volatility_unknown',
      { networks: open(), volatilityBps: null },
      'volatility of BTC/USD not known yet: 0 of 13 prices',
    ],
    [
      'below_minimum_withdrawal',
      { networks: off('a', { minWithdrawalInAsset: '1.5' }) },
      'under the least withdrawal of 1.5 BTC on a (BTC)',
    ],
    [
      'below_minimum_deposit',
      { networks: off('b', { minDepositInAsset: '1.5' }) },
      'under the least deposit of 1.5 BTC on b (BTC)',
    ],
    [
      'edge_short_after_transfer',
      { networks: open('0.03') },
      '106.0 bps short after a transfer on BTC (fee 0.03, price risk 0.000 bps)',
    ],
  ])('is lost at the stage transfer with %s', (code, given, sentence) => {
    expect(missOf({ bids: BIDS, ...given })).toMatchObject({
      stage: 'transfer',
      reason: { code },
      sentence,
      openCount: 0,
    });
    // The same pair is one from inventory.
    expect(missOf({ bids: BIDS, ...given, modeRule: 'inventory' }).openCount).toBe(1);
  });

  test('is one when it can be moved at a profit', () => {
    expect(missOf({ bids: BIDS, networks: open() }).openCount).toBe(1);
  });
});

describe('what is held', () => {
  test('is a limit that comes last', () => {
    const given = { bids: BIDS, modeRule: 'inventory' as const };
    expect(missOf({ ...given, balances: { 'b BTC': '0' } })).toMatchObject({
      stage: 'limits',
      reason: { code: 'balance_missing', exchange: 'b', asset: 'BTC' },
      sentence: 'no BTC held on b',
      openCount: 0,
    });
    expect(missOf({ ...given, balances: { 'a USD': '10' }, minSizeInBase: '0.5' })).toMatchObject({
      stage: 'limits',
      reason: { code: 'balance_too_small', exchange: 'a', asset: 'USD', balanceInAsset: '10' },
      sentence: '10 USD held on a are not enough for an order',
    });
  });

  test('is told where it makes an opportunity smaller', () => {
    const { cappedPairs, funnel } = explainGiven({
      bids: BIDS,
      modeRule: 'inventory',
      balances: { 'b BTC': '0.25' },
    });
    expect(funnel.openCount).toBe(1);
    expect(cappedPairs).toEqual([
      {
        symbol: SYMBOL,
        buyExchange: 'a',
        sellExchange: 'b',
        reason: { code: 'balance_binds', exchange: 'b', asset: 'BTC', balanceInAsset: '0.25' },
      },
    ]);
  });
});

test('the funnel with transfers and balances adds up, each pair lost once or open', () => {
  const networks = fc.array(
    fc.record({
      exchange: fc.constantFrom(...NAMES),
      id: fc.constantFrom('BTC', 'BSC'),
      isDepositEnabled: fc.constantFrom(true, true, false, null),
      isWithdrawalEnabled: fc.constantFrom(true, true, false, null),
      withdrawalFeeInAsset: fc.constantFrom('0', '0.001', '0.05', null),
      minWithdrawalInAsset: fc.constantFrom(null, '0.5', '2'),
    }),
    { maxLength: 8 },
  );
  const worlds = fc.record({
    bids: fc.array(fc.integer({ min: 95, max: 110 }), { minLength: 2, maxLength: 4 }),
    networks,
    held: fc.constantFrom(null, '0', '0.3', '5'),
    modeRule: fc.constantFrom<ModeRule>('inventory', 'transfer', 'either'),
    volatilityBps: fc.constantFrom(0, 3, null),
  });
  fc.assert(
    fc.property(worlds, ({ bids, networks: some, held, modeRule, volatilityBps }) => {
      const { funnel, nearMisses } = explainGiven({
        bids,
        modeRule,
        volatilityBps,
        networks: some.map(({ exchange, id, ...rest }) => network(exchange, 'BTC', id, rest)),
        balances: held === null ? {} : { 'a USD': held, 'b BTC': held },
      });
      let leftCount = funnel.pairsCount;
      for (const { enteredCount, survivedCount, lost } of funnel.stages) {
        const lostCount = lost.reduce((sum, { count }) => sum + count, 0);
        expect(enteredCount).toBe(leftCount);
        expect(survivedCount).toBe(enteredCount - lostCount);
        leftCount = survivedCount;
      }
      expect(funnel.openCount).toBe(leftCount);
      const pairs = nearMisses.map((miss) => `${miss.buyExchange} ${miss.sellExchange}`);
      expect(new Set(pairs).size).toBe(pairs.length);
    }),
  );
});
