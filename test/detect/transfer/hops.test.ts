import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  arrivedOf,
  brokenBoundOf,
  cheapestHop,
  findHops,
  hopFeeOf,
  withdrawnFor,
} from '../../../src/detect/transfer/hops.ts';
import { createNetworkBook } from '../../../src/detect/transfer/network-book.ts';
import { compare, subtract, toDecimal, toDecimalString } from '../../../src/domain/money.ts';
import type { AssetNetwork } from '../../../src/domain/network.ts';
import { toNetworkId } from '../../../src/domain/network-id.ts';
import { hop, network } from '../../support/networks.ts';

const QUERY = {
  asset: 'BTC',
  fromExchange: 'cheap',
  toExchange: 'dear',
  assumedTransferMs: 1_800_000,
};

function find(...networks: readonly AssetNetwork[]) {
  return findHops(QUERY, createNetworkBook(networks).networksOf);
}

describe('findHops', () => {
  test('gives what both exchanges have enabled, least fee first', () => {
    const found = find(
      network('cheap', 'BTC', 'BTC', { withdrawalFeeInAsset: '0.0005' }),
      network('cheap', 'BTC', 'BSC', { withdrawalFeeInAsset: '0.00001' }),
      network('cheap', 'BTC', 'LIGHTNING', { withdrawalFeeInAsset: '0.0000001' }),
      network('dear', 'BTC', 'BTC'),
      network('dear', 'BTC', 'BSC'),
    );
    expect(found.found && found.hops.map((each) => each.network)).toEqual(['BSC', 'BTC']);
  });

  test('of equal fees the quicker network comes first, then the one first by name', () => {
    const found = find(
      network('cheap', 'BTC', 'B', { transferMs: 2 }),
      network('cheap', 'BTC', 'C', { transferMs: 1 }),
      network('cheap', 'BTC', 'A', { transferMs: 2 }),
      ...['A', 'B', 'C'].map((id) => network('dear', 'BTC', id, { transferMs: null })),
    );
    expect(found.found && found.hops.map((each) => each.network)).toEqual(['C', 'A', 'B']);
  });

  test.each([
    ['networks_unknown', [network('dear', 'BTC', 'BTC')]],
    ['networks_unknown', [network('cheap', 'BTC', 'BTC')]],
    ['no_common_network', [network('cheap', 'BTC', 'BTC'), network('dear', 'BTC', 'BSC')]],
    [
      'withdrawal_off',
      [
        network('cheap', 'BTC', 'BTC', { isWithdrawalEnabled: false }),
        network('dear', 'BTC', 'BTC'),
      ],
    ],
    [
      'deposit_off',
      [network('cheap', 'BTC', 'BTC'), network('dear', 'BTC', 'BTC', { isDepositEnabled: false })],
    ],
    [
      'withdrawal_fee_unknown',
      [
        network('cheap', 'BTC', 'BTC', { withdrawalFeeInAsset: null }),
        network('dear', 'BTC', 'BTC'),
      ],
    ],
  ] as const)('refuses with %s', (code, networks) => {
    const found = find(...networks);
    expect(found.found ? 'found' : found.reason.code).toBe(code);
  });

  test.each(['isWithdrawalEnabled', 'isDepositEnabled'] as const)(
    'takes %s that is not said for off',
    (flag) => {
      const exchange = flag === 'isDepositEnabled' ? 'dear' : 'cheap';
      const found = find(
        network('cheap', 'BTC', 'BTC'),
        network('dear', 'BTC', 'BTC'),
        network(exchange, 'BTC', 'BTC', { [flag]: null }),
      );
      expect(found.found ? 'found' : found.reason.code).toBe(
        flag === 'isDepositEnabled' ? 'deposit_off' : 'withdrawal_off',
      );
    },
  );

  test('ignores a network that is off where another is on', () => {
    const found = find(
      network('cheap', 'BTC', 'BTC', { withdrawalFeeInAsset: '0.0005' }),
      network('cheap', 'BTC', 'BSC', { isWithdrawalEnabled: false }),
      network('dear', 'BTC', 'BTC'),
      network('dear', 'BTC', 'BSC'),
    );
    expect(found.found && found.hops.map((each) => each.network)).toEqual(['BTC']);
  });

  test('takes the slower of two times, and the configured one when none is said', () => {
    const said = find(
      network('cheap', 'BTC', 'BTC', { transferMs: 1_000 }),
      network('dear', 'BTC', 'BTC', { transferMs: 2_000, transferDeviationMs: 50 }),
    );
    expect(said.found && said.hops[0]).toMatchObject({
      transferMs: 2_000,
      transferDeviationMs: 50,
      isTimeAssumed: false,
    });
    const unsaid = find(
      network('cheap', 'BTC', 'BTC', { transferMs: null }),
      network('dear', 'BTC', 'BTC', { transferMs: null }),
    );
    expect(unsaid.found && unsaid.hops[0]).toMatchObject({
      transferMs: 1_800_000,
      isTimeAssumed: true,
    });
  });
});

describe('cheapestHop', () => {
  const fixed = hop({ network: 'FIXED', feeInAsset: '0.01' });
  const share = hop({ network: 'SHARE', feeInAsset: '0', feeBps: 10 });

  test('depends on the amount where a fee is a share of it', () => {
    expect(cheapestHop([fixed, share], toDecimal('9.9')).network).toBe('SHARE');
    expect(cheapestHop([fixed, share], toDecimal('10.1')).network).toBe('FIXED');
    expect(cheapestHop([fixed, share], null).network).toBe('SHARE');
  });
});

describe('amounts of a hop', () => {
  const given = hop({ feeInAsset: '0.0005', feeBps: 25 });

  test('are exact', () => {
    expect(toDecimalString(hopFeeOf(given, toDecimal('2')))).toBe('0.0055');
    expect(toDecimalString(arrivedOf(given, toDecimal('2')))).toBe('1.9945');
  });

  test('what has to be withdrawn lets at least as much arrive, and one unit less does not', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000_000 }).map((units) => units / 1e6);
    const feeBps = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(amount, feeBps, (wanted, bps) => {
        const way = hop({ feeInAsset: '0.0003', feeBps: bps });
        const needed = withdrawnFor(way, toDecimal(wanted), 12);
        const oneLess = subtract(needed, { units: 1n, scale: 12 });
        expect(compare(arrivedOf(way, needed), toDecimal(wanted))).toBeGreaterThanOrEqual(0);
        expect(compare(arrivedOf(way, oneLess), toDecimal(wanted))).toBeLessThan(0);
      }),
    );
  });

  test.each([
    ['minWithdrawalInAsset', '0.01', '0.01', '0.0099999999', 'min_withdrawal'],
    ['maxWithdrawalInAsset', '5', '5', '5.0000000001', 'max_withdrawal'],
    ['minDepositInAsset', '0.001', '0.002', '0.0019999999', 'min_deposit'],
  ] as const)(
    '%s: the last amount accepted and the first refused',
    (field, bound, last, first, broken) => {
      const way = hop({ feeInAsset: '0.001', [field]: bound });
      expect(brokenBoundOf(way, toDecimal(last))).toBeNull();
      expect(brokenBoundOf(way, toDecimal(first))).toBe(broken);
    },
  );

  test('a fee above the amount lets nothing arrive', () => {
    const way = hop({ feeInAsset: '0.001' });
    expect(brokenBoundOf(way, toDecimal('0.001'))).toBeNull();
    expect(brokenBoundOf(way, toDecimal('0.000999'))).toBe('min_deposit');
  });
});

describe('toNetworkId', () => {
  test.each([
    ['ERC20', 'ETH'],
    ['erc-20', 'ETH'],
    ['Ethereum', 'ETH'],
    ['ETH', 'ETH'],
    ['TRC20', 'TRX'],
    ['BEP20', 'BSC'],
    ['BSC', 'BSC'],
    ['Polygon', 'POLYGON'],
    ['MATIC', 'POLYGON'],
    ['Arbitrum One', 'ARBITRUM'],
    ['AVAX C-Chain', 'AVALANCHEC'],
    ['Bitcoin', 'BTC'],
    ['NewChain', 'NEWCHAIN'],
  ])('%s is %s', (name, id) => {
    expect(toNetworkId(name)).toBe(id);
  });
});

describe('createNetworkBook', () => {
  test('what is configured stands above what the feed says, network by network', () => {
    const book = createNetworkBook([network('cheap', 'BTC', 'BTC', { withdrawalFeeInAsset: '1' })]);
    book.setFromFeed([
      network('cheap', 'BTC', 'BTC', { withdrawalFeeInAsset: '2' }),
      network('cheap', 'BTC', 'BSC', { withdrawalFeeInAsset: '3' }),
    ]);
    const fees = book.networksOf('cheap', 'BTC')?.map((each) => each.withdrawalFeeInAsset);
    expect(fees).toEqual(['3', '1']);
    expect(book.networksOf('dear', 'BTC')).toBeNull();
    book.setFromFeed([]);
    expect(book.all()).toHaveLength(1);
  });
});
