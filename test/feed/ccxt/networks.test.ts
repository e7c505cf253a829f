import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { SpreadscopeError } from '../../../src/domain/errors.ts';
import {
  ExchangeNetworks,
  followNetworks,
} from '../../../src/feed/drivers/ccxt/exchange-networks.ts';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';
import { toTieredFees } from '../../../src/feed/drivers/ccxt/tiered-fees.ts';
import { toNetworks } from '../../../src/feed/drivers/ccxt/to-networks.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { type Harness, startHarness, until } from './harness.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const BTC_ONLY = new Set(['BTC']);
const network = (fields: object, currency: object = {}) => ({
  BTC: { ...currency, networks: { BTC: fields } },
  ETH: { networks: { ERC20: { deposit: true } } },
});
const first = (currencies: unknown) => toNetworks('kraken', currencies, BTC_ONLY)[0];

describe('toNetworks', () => {
  test('takes what ccxt says of the networks of watched assets', () => {
    const fields = {
      ...{ id: 'btc', active: true, deposit: true, withdraw: false, fee: 0.0005, info: {} },
      limits: { withdraw: { min: 0.001, max: 5 }, deposit: { min: 0.0001, max: undefined } },
    };
    expect(toNetworks('kraken', network(fields), BTC_ONLY)).toEqual([
      {
        exchange: 'kraken',
        asset: 'BTC',
        network: 'BTC',
        isDepositEnabled: true,
        isWithdrawalEnabled: false,
        withdrawalFeeInAsset: '0.0005',
        minWithdrawalInAsset: '0.001',
        maxWithdrawalInAsset: '5',
        minDepositInAsset: '0.0001',
        transferMs: null,
      },
    ]);
  });

  test.each([
    [{ deposit: true, active: false }, {}, true],
    [{ deposit: false, active: true }, {}, false],
    [{ active: true }, {}, true],
    [{ active: false }, {}, false],
    [{}, {}, null],
    [{ deposit: true }, { deposit: false }, false],
    [{ deposit: 'yes' }, {}, null],
  ])('of %p in a currency of %p deposits are %p', (fields, currency, expected) => {
    expect(first(network(fields, currency))?.isDepositEnabled).toBe(expected);
  });

  test('what is not said or not a number is not known, and zero is no limit', () => {
    const limits = { withdraw: { min: 0, max: Number.NaN } };
    expect(first(network({ fee: undefined, limits }))).toMatchObject({
      withdrawalFeeInAsset: null,
      minWithdrawalInAsset: null,
      maxWithdrawalInAsset: null,
    });
    expect(first(network({ fee: -1 }))?.withdrawalFeeInAsset).toBeNull();
    expect(first(network({ fee: 0 }))?.withdrawalFeeInAsset).toBe('0');
  });

  test('two names of one chain on one exchange are not believed', () => {
    const networks = { ERC20: { active: true, fee: 1 }, ETH: { active: true, fee: 2 } };
    expect(toNetworks('kraken', { BTC: { networks } }, BTC_ONLY)).toMatchObject([
      { network: 'ETH', isDepositEnabled: null, withdrawalFeeInAsset: null },
    ]);
  });

  test.each([[null], [undefined], [[]], ['text'], [{ BTC: null }], [{ BTC: { networks: 5 } }]])(
    'passes over %p',
    (currencies) => {
      expect(toNetworks('kraken', currencies, BTC_ONLY)).toEqual([]);
    },
  );
});

describe('followNetworks', () => {
  const open = network({ active: true, fee: 1 });

  function follow(answers: readonly unknown[], isDown = () => false) {
    const clock = createFakeClock(0);
    const networks = new ExchangeNetworks('kraken');
    networks.watch(['BTC/USDT']);
    const stop = new AbortController();
    const faults: unknown[] = [];
    let asked = 0;
    const watch = {
      networks,
      clock,
      refreshMs: 1_000,
      loaded: () => open,
      fetch: async () => {
        const answer = answers[asked];
        asked += 1;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      isDown,
      onFault: (error: unknown) => faults.push(error),
    };
    const ended = followNetworks(watch, stop.signal).catch(() => undefined);
    const advance = async () => {
      await clock.advance(1_000);
      await Promise.resolve();
    };
    return { networks, faults, advance, stop: () => stop.abort(), ended };
  }

  const failure = new SpreadscopeError('exchange_timeout', 'late');

  test('takes what came with the markets, then what is answered anew', async () => {
    const { networks, advance, stop, ended } = follow([network({ active: false })]);
    expect(networks.list[0]).toMatchObject({ isDepositEnabled: true });
    const before = networks.list;
    await advance();
    expect(networks.list).not.toBe(before);
    expect(networks.list[0]).toMatchObject({ isDepositEnabled: false });
    stop();
    await ended;
  });

  test('keeps the array while nothing changes', async () => {
    const { networks, advance, stop, ended } = follow([network({ active: true, fee: 1 })]);
    const before = networks.list;
    await advance();
    expect(networks.list).toBe(before);
    stop();
    await ended;
  });

  test('believes what it knew for two failures, and nothing from the third on', async () => {
    const { networks, faults, advance, stop, ended } = follow([failure, failure, failure, open]);
    await advance();
    await advance();
    expect(networks.list).toHaveLength(1);
    await advance();
    expect(networks.list).toEqual([]);
    expect(faults).toHaveLength(3);
    await advance();
    expect(networks.list).toHaveLength(1);
    stop();
    await ended;
  });

  test('asks nothing of an exchange that is down', async () => {
    const { networks, faults, advance, stop, ended } = follow([], () => true);
    await advance();
    await advance();
    await advance();
    expect(networks.list).toEqual([]);
    expect(faults).toEqual([]);
    stop();
    await ended;
  });
});

describe('toTieredFees', () => {
  const kraken = async () => {
    const { exchangeClass } = await loadCcxt();
    const Kraken = exchangeClass('kraken');
    if (Kraken === null) throw new Error('ccxt has no kraken');
    return new Kraken({});
  };

  test('takes the tier of the own volume from ccxt: the last below and the first in it', async () => {
    const exchange = await kraken();
    expect(toTieredFees(exchange, '49999')).toMatchObject({ takerBps: 26, makerBps: 16 });
    expect(toTieredFees(exchange, '50000')).toMatchObject({ takerBps: 24, makerBps: 14 });
  });

  test('says nothing without a volume or without tiers', async () => {
    expect(toTieredFees(await kraken(), null)).toBeNull();
    expect(toTieredFees({ fees: { trading: { taker: 0.001 } } }, '5')).toBeNull();
  });
});

describe('the ccxt feed', () => {
  let harness: Harness | null = null;

  afterEach(async () => {
    await harness?.close();
    harness = null;
  });

  test('has the networks of the watched assets, and asks for them anew', async () => {
    harness = startHarness({ ids: ['binance', 'poloniex'], feed: { networksRefreshMs: 100 } });
    const { feed, spans } = harness;
    await harness.read();
    const networksOf = (asset: string) => feed.networks?.().filter((each) => each.asset === asset);
    expect(networksOf('BTC')).toEqual([
      {
        exchange: 'poloniex',
        asset: 'BTC',
        network: 'BTC',
        isDepositEnabled: true,
        isWithdrawalEnabled: true,
        withdrawalFeeInAsset: '0.1',
        minWithdrawalInAsset: '1',
        maxWithdrawalInAsset: null,
        minDepositInAsset: null,
        transferMs: null,
      },
    ]);
    const known = feed.networks?.();
    expect(feed.networks?.()).toBe(known ?? []);
    await until('it is asked again', () =>
      spans().some(({ attributes }) => attributes['exchange.operation'] === 'fetchCurrencies'),
    );
  });

  test('knows none of an exchange that needs keys for them', async () => {
    harness = startHarness({ ids: ['binance', 'poloniex'] });
    await harness.read();
    const exchanges = new Set(harness.feed.networks?.().map(({ exchange }) => exchange));
    expect([...exchanges]).toEqual(['poloniex']);
  });
});
