/** Cycles over exchanges by what is held there, and by what can be moved there. */

import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { confirmCycleModes } from '../../../src/detect/cycles/cycle-modes.ts';
import { fillAround, toCycleOrders } from '../../../src/detect/cycles/cycle-orders.ts';
import { type CycleSide, toLadder } from '../../../src/detect/cycles/cycle-side.ts';
import type { DetectionSettings } from '../../../src/detect/settings.ts';
import { createNetworkBook } from '../../../src/detect/transfer/network-book.ts';
import { createVolatilityBook } from '../../../src/detect/transfer/volatility-book.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import { add, compare, toDecimal, toNumber, ZERO } from '../../../src/domain/money.ts';
import type { AssetNetwork } from '../../../src/domain/network.ts';
import { book, market, START_MS } from '../../support/markets.ts';
import { hop, network } from '../../support/networks.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

function side(
  kind: 'buy' | 'sell',
  exchange: string,
  symbol: string,
  levels: readonly Level[],
  given: Partial<Market> = {},
): CycleSide {
  const best = levels[0]?.[0] ?? 1;
  const [bids, asks]: readonly (readonly Level[])[] =
    kind === 'buy' ? [[[best / 2, 1]], levels] : [levels, [[best * 2, 1]]];
  return {
    side: kind,
    market: market(exchange, symbol, given),
    book: book(exchange, symbol, bids ?? [], asks ?? []),
  };
}

/** A → B and B → C on `x`, C → A on `y`: 1 % over 10 A. */
const CYCLE: readonly CycleSide[] = [
  side('sell', 'x', 'A/B', [[1, 10]]),
  side('sell', 'x', 'B/C', [[1, 20]]),
  side('sell', 'y', 'C/A', [[1.01, 20]]),
];

interface Account {
  readonly networks?: readonly AssetNetwork[];
  readonly balances?: Readonly<Record<string, string>>;
  readonly volatilityBps?: number | null;
}

const WAY: readonly AssetNetwork[] = [
  network('x', 'C', 'NET', { withdrawalFeeInAsset: '0.02', transferMs: 60_000 }),
  network('y', 'C', 'NET', { transferMs: null }),
];

function confirm(
  { networks = [], balances = {}, volatilityBps = 0 }: Account,
  settings: Partial<DetectionSettings> = {},
  sides = CYCLE,
) {
  const held = new Map(Object.entries(balances));
  const exchanges = new Set(Object.keys(balances).map((key) => key.split(' ')[0]));
  return confirmCycleModes(sides, 0, { ...ANY_PROFIT, ...settings }, START_MS, {
    networks: createNetworkBook(networks),
    volatility: createVolatilityBook({
      intervalMs: 1_000,
      windowCount: 10,
      fixedBps: volatilityBps,
    }),
    balanceOf: (exchange, asset) =>
      exchanges.has(exchange) ? (held.get(`${exchange} ${asset}`) ?? '0') : null,
  });
}

const profitOf = (result: ReturnType<typeof confirm>) =>
  result.found ? result.edge.profitInQuote : result.reason;

describe('an inventory hop', () => {
  test('is bounded by what is held where the round goes on', () => {
    expect(profitOf(confirm({}))).toBe('0.1');
    const held = (amount: string) => confirm({ balances: { 'y C': amount } });
    expect(profitOf(held('10'))).toBe('0.1');
    const capped = held('4');
    expect(profitOf(capped)).toBe('0.04');
    expect(capped.found && capped.edge.cappedBy).toEqual({
      exchange: 'y',
      asset: 'C',
      balanceInAsset: '4',
    });
    expect(held('0')).toMatchObject({ found: false, reason: 'balance_missing' });
  });

  test('asks for the start asset, and for nothing between two legs on one exchange', () => {
    expect(profitOf(confirm({ balances: { 'x A': '5' } }))).toBe('0.05');
    expect(profitOf(confirm({ balances: { 'x A': '10' } }))).toBe('0.1');
    const lots = CYCLE.map((each) => ({ ...each, market: { ...each.market, sizeStep: '1' } }));
    const small = confirm({ balances: { 'x A': '0.5' } }, {}, lots);
    expect(small).toMatchObject({
      reason: 'balance_too_small',
      refusal: { balanceInAsset: '0.5' },
    });
  });
});

describe('a transfer hop', () => {
  const TRANSFER = { modeRule: 'transfer' } as const;

  test('pays the fee of the network, and says the way', () => {
    const found = confirm({ networks: WAY }, TRANSFER);
    if (!found.found) throw new Error(`expected a cycle, got ${found.reason}`);
    // 9.98 of 10 C arrive, and bring 10.0798 A.
    expect(found.edge.profitInQuote).toBe('0.0798');
    expect(found.edge.mode).toBe('transfer');
    expect(found.legs.map(({ arrivesBy }) => arrivesBy?.network)).toEqual([
      undefined,
      undefined,
      'NET',
    ]);
    const steps = found.edge.waterfall?.steps ?? [];
    const fee = steps.find(({ code }) => code === 'network_fee');
    expect(fee).toMatchObject({ exchange: 'y', symbol: 'C/A', amountInQuote: '-0.0202' });
    const { inventory, transfer } = found.edge.cycleModes ?? {};
    expect(inventory?.found && inventory.profitInQuote).toBe('0.1');
    expect(transfer?.found && transfer.profitInQuote).toBe('0.0798');
    // 0.02 lost at 1 % take 2.02 to be earned.
    expect(Number(found.edge.waterfall?.breakEvenSizeInBase)).toBeCloseTo(2.02, 9);
  });

  test('prices the risk that the legs after it move meanwhile', () => {
    const at = (volatilityBps: number | null, riskAversion = 2) =>
      profitOf(confirm({ networks: WAY, volatilityBps }, { ...TRANSFER, riskAversion }));
    expect(Number(at(5))).toBeLessThan(Number(at(0)));
    expect(at(1_000)).toBe('edge_short_after_transfer');
    expect(at(null)).toBe('volatility_unknown');
    expect(at(null, 0)).toBe('0.0798');
  });

  test.each([
    ['networks_unknown', []],
    ['no_common_network', [network('x', 'C', 'N1'), network('y', 'C', 'N2')]],
    [
      'withdrawal_off',
      [network('x', 'C', 'N', { isWithdrawalEnabled: false }), network('y', 'C', 'N')],
    ],
    ['deposit_off', [network('x', 'C', 'N'), network('y', 'C', 'N', { isDepositEnabled: null })]],
    [
      'withdrawal_fee_unknown',
      [network('x', 'C', 'N', { withdrawalFeeInAsset: null }), network('y', 'C', 'N')],
    ],
  ] as const)('is refused where it cannot be taken: %s', (code, networks) => {
    const refused = confirm({ networks }, TRANSFER);
    expect(refused).toMatchObject({ found: false, reason: code, refusal: { code } });
  });

  test('keeps to the last least withdrawal and deposit that the round reaches, and no further', () => {
    const at = (given: Partial<AssetNetwork>, arriving: Partial<AssetNetwork> = {}) =>
      confirm(
        { networks: [network('x', 'C', 'N', given), network('y', 'C', 'N', arriving)] },
        TRANSFER,
      );
    expect(at({ minWithdrawalInAsset: '10' }).found).toBe(true);
    expect(at({ minWithdrawalInAsset: '10.000001' })).toMatchObject({ reason: 'book_too_thin' });
    expect(at({ withdrawalFeeInAsset: '0.02' }, { minDepositInAsset: '9.98' }).found).toBe(true);
    expect(at({ withdrawalFeeInAsset: '0.02' }, { minDepositInAsset: '9.9801' }).found).toBe(false);
  });

  test('is compared with inventory: what leaves more is taken', () => {
    const either = { modeRule: 'either' } as const;
    const mode = (account: Account) => {
      const found = confirm(account, either);
      return found.found ? found.edge.mode : found.reason;
    };
    expect(mode({ networks: WAY })).toBe('inventory');
    expect(mode({ networks: WAY, balances: { 'y C': '4' } })).toBe('transfer');
    expect(mode({ networks: [], balances: { 'y C': '0' } })).toBe('balance_missing');
  });

  const ladder = fc.array(
    fc.record({ step: fc.integer({ min: 1, max: 20 }), size: fc.integer({ min: 50, max: 900 }) }),
    { minLength: 1, maxLength: 3 },
  );
  const toLevels = (steps: readonly { step: number; size: number }[], from: number) => {
    let price = from;
    return steps.map(({ step, size }): Level => {
      price -= step / 1_000;
      return [Number(price.toFixed(3)), size / 100];
    });
  };

  test('earns at least what any size earns, its costs add up, and a higher fee never earns more', () => {
    let foundCount = 0;
    const fee = fc.integer({ min: 0, max: 30 }).map((hundredths) => hundredths / 100);
    const step = fc.constantFrom(null, '0.1', '0.25');
    fc.assert(
      fc.property(ladder, ladder, ladder, fee, step, (a, b, c, feeInAsset, sizeStep) => {
        const sides = [
          side('sell', 'x', 'A/B', toLevels(a, 1.05), { sizeStep }),
          side('sell', 'y', 'B/C', toLevels(b, 1.05)),
          side('sell', 'y', 'C/A', toLevels(c, 1.05)),
        ];
        const networksAt = (withdrawalFee: number) => [
          network('x', 'B', 'N', {
            withdrawalFeeInAsset: String(withdrawalFee),
            withdrawalFeeBps: 3,
          }),
          network('y', 'B', 'N'),
        ];
        const at = (withdrawalFee: number) =>
          confirm({ networks: networksAt(withdrawalFee) }, TRANSFER, sides);
        const found = at(feeInAsset);
        const profit = found.found ? Number(found.edge.profitInQuote) : 0;
        const more = at(feeInAsset + 0.05);
        expect(more.found ? Number(more.edge.profitInQuote) : 0).toBeLessThanOrEqual(profit + 1e-9);
        const incoming = hop({
          asset: 'B',
          fromExchange: 'x',
          toExchange: 'y',
          feeInAsset: String(feeInAsset),
          feeBps: 3,
        });
        const moved = sides.map((each, leg) => (leg === 1 ? { ...each, incoming } : each));
        for (let lots = 1; lots < 60; lots += 1) {
          const size = toDecimal(((sizeStep === '0.1' ? 0.1 : 0.25) * lots).toFixed(2));
          const orders = toCycleOrders(fillAround(moved.map(toLadder), 0, size), ANY_PROFIT);
          if (orders !== null) expect(toNumber(orders.profit)).toBeLessThanOrEqual(profit + 1e-9);
        }
        if (!found.found) return;
        foundCount += 1;
        const costs = (found.edge.waterfall?.steps ?? []).filter(({ code }) => code !== 'net');
        const total = costs.reduce(
          (sum, { amountInQuote }) => add(sum, toDecimal(amountInQuote)),
          ZERO,
        );
        expect(compare(total, toDecimal(found.edge.profitInQuote))).toBe(0);
      }),
      { numRuns: 80, seed: 31 },
    );
    expect(foundCount).toBeGreaterThan(20);
  });
});
