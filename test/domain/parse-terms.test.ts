import { describe, expect, test } from 'bun:test';
import { parseConfig } from '../../src/config.ts';
import { isSpreadscopeError } from '../../src/domain/errors.ts';
import { toFeeBps } from '../../src/domain/parse-fees.ts';
import { parseTerms } from '../../src/domain/parse-terms.ts';

function parse(terms: unknown) {
  return parseTerms(JSON.stringify(terms));
}

function messageOf(terms: unknown): string {
  try {
    parseTerms(typeof terms === 'string' ? terms : JSON.stringify(terms));
  } catch (error) {
    if (isSpreadscopeError(error, 'config_invalid')) return error.message;
    throw error;
  }
  return 'accepted';
}

const network = (fields: object) => ({ networks: { kraken: { BTC: { Bitcoin: fields } } } });

describe('parseTerms', () => {
  test('reads fees of an exchange, of its markets and by volume', () => {
    const { fees } = parse({
      fees: {
        '*': { buy: 'maker' },
        kraken: {
          volume30d: 250000,
          tiers: {
            taker: [
              ['50000', '0.0024'],
              [0, 0.0026],
            ],
          },
          markets: { 'USDC/USDT': { takerBps: '1', makerBps: -0.5, sell: 'maker' } },
        },
      },
    });
    expect(fees.get('*')).toMatchObject({ buyRole: 'maker', sellRole: null, tiers: null });
    expect(fees.get('kraken')).toEqual({
      takerBps: null,
      makerBps: null,
      buyRole: null,
      sellRole: null,
      volume30d: '250000',
      tiers: {
        taker: [
          { fromVolume: '0', feeBps: 26 },
          { fromVolume: '50000', feeBps: 24 },
        ],
        maker: [],
      },
      markets: new Map([
        ['USDC/USDT', { takerBps: 1, makerBps: -0.5, buyRole: null, sellRole: 'maker' }],
      ]),
    });
  });

  test('reads networks in the shape of ccxt, and what ccxt does not know', () => {
    const fields = {
      ...{ id: 'XBT', info: {}, name: 'Bitcoin', precision: 1e-8, active: true, withdraw: false },
      fee: 0.00015,
      limits: { withdraw: { min: '0.0005', max: null }, deposit: { min: 0.0001 }, amount: {} },
      ...{ transferMs: 1_000, transferDeviationMs: 5, confirmations: 3, feeBps: 2 },
    };
    expect(parse(network(fields)).networks).toEqual([
      {
        exchange: 'kraken',
        asset: 'BTC',
        network: 'BTC',
        isDepositEnabled: true,
        isWithdrawalEnabled: false,
        withdrawalFeeInAsset: '0.00015',
        withdrawalFeeBps: 2,
        minWithdrawalInAsset: '0.0005',
        maxWithdrawalInAsset: null,
        minDepositInAsset: '0.0001',
        transferMs: 1_000,
        transferDeviationMs: 5,
        confirmationsCount: 3,
      },
    ]);
  });

  test('what is not said of a network stays unknown', () => {
    expect(parse(network({})).networks[0]).toMatchObject({
      isDepositEnabled: null,
      isWithdrawalEnabled: null,
      withdrawalFeeInAsset: null,
      transferMs: null,
    });
  });

  test('reads balances exactly', () => {
    const { balances } = parse({ balances: { kraken: { BTC: '1.50', USDT: 1e-7 } } });
    expect(balances.get('kraken')?.get('BTC')).toBe('1.5');
    expect(balances.get('kraken')?.get('USDT')).toBe('0.0000001');
  });

  test('empty text is no terms', () => {
    expect(parseTerms('  ').networks).toEqual([]);
  });

  test.each([
    ['not JSON', '{', 'TERMS: expected JSON'],
    ['a list', [], 'TERMS: expected an object'],
    ['an unknown field', { fee: {} }, 'TERMS: fee: expected one of fees, networks, balances'],
    [
      'an unknown field of a fee',
      { fees: { kraken: { taker: 1 } } },
      'TERMS: fees.kraken.taker: expected one of takerBps',
    ],
    [
      'a role',
      { fees: { kraken: { buy: 'both' } } },
      'TERMS: fees.kraken.buy: expected taker or maker, got "both"',
    ],
    [
      'a fee that is no number',
      { fees: { kraken: { takerBps: 'low' } } },
      'TERMS: fees.kraken.takerBps: expected a number from -100 to 1000, got "low"',
    ],
    [
      'tiers and a flat fee',
      { fees: { kraken: { takerBps: 1, tiers: {} } } },
      'TERMS: fees.kraken: expected either tiers or takerBps and makerBps',
    ],
    [
      'a market that is no symbol',
      { fees: { kraken: { markets: { BTCUSDT: {} } } } },
      'TERMS: fees.kraken.markets.BTCUSDT: expected a symbol such as BTC/USDT',
    ],
    [
      'a tier',
      { fees: { kraken: { tiers: { taker: [[0]] } } } },
      'TERMS: fees.kraken.tiers.taker[0]: expected [volume, ratio]',
    ],
    [
      'a flag',
      network({ deposit: 'yes' }),
      'TERMS: networks.kraken.BTC.Bitcoin.deposit: expected true or false, got "yes"',
    ],
    [
      'a negative fee',
      network({ fee: -1 }),
      'TERMS: networks.kraken.BTC.Bitcoin.fee: expected a decimal of at least 0, got -1',
    ],
    [
      'a misspelt limit',
      network({ limits: { withdraw: { minimum: 1 } } }),
      'TERMS: networks.kraken.BTC.Bitcoin.limits.withdraw.minimum: expected one of min, max',
    ],
    [
      'a balance',
      { balances: { kraken: { BTC: 'all' } } },
      'TERMS: balances.kraken.BTC: expected a decimal of at least 0, got "all"',
    ],
  ])('refuses %s by name', (_, terms, message) => {
    expect(messageOf(terms)).toStartWith(message);
  });

  test.each([
    [1_000, 'accepted'],
    [1_000.1, 'TERMS: fees.kraken.takerBps: expected a number from -100 to 1000, got 1000.1'],
    [-100, 'accepted'],
  ])('a fee of %p bps: %s', (takerBps, message) => {
    expect(messageOf({ fees: { kraken: { takerBps } } })).toBe(message);
  });
});

describe('toFeeBps', () => {
  test.each([
    [0.00075, 7.5],
    ['0.0026', 26],
    [0.0021, 21],
    [0.1 * 0.021, 21],
    [-0.0001, -1],
    [1e-5, 0.1],
  ])('%p is %p bps', (ratio, bps) => {
    expect(toFeeBps(ratio)).toBe(bps);
  });

  test.each([[Number.NaN], [undefined], ['half']])('%p is none', (ratio) => {
    expect(toFeeBps(ratio)).toBeNull();
  });
});

describe('parseConfig', () => {
  test('takes terms as JSON', () => {
    const { terms, transfer } = parseConfig({ TERMS: '{"balances":{"kraken":{"BTC":1}}}' });
    expect(terms.balances.get('kraken')?.get('BTC')).toBe('1');
    expect(transfer).toEqual({
      rule: 'inventory',
      riskAversion: 2,
      assumedTransferMs: 1_800_000,
      volatilityBps: null,
      volatilityIntervalMs: 5_000,
      networksRefreshMs: 600_000,
    });
  });

  test('names TERMS when they are not understood', () => {
    expect(() => parseConfig({ TERMS: 'terms.json' })).toThrow('TERMS: expected JSON');
    expect(() => parseConfig({ TRANSFER_MODE: 'both' })).toThrow(
      'TRANSFER_MODE: expected one of inventory, transfer, either',
    );
  });
});
