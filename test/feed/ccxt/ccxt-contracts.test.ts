/** Spot and a perpetual of one exchange, over real HTTP and WebSocket in Bybit's format. */

import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Funding } from '../../../src/domain/funding.ts';
import { BYBIT_FUNDING } from '../../support/exchanges/bybit-format.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { untilTrue } from '../../support/until-true.ts';
import { BTC, type Harness, startHarness } from './harness.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const PERPETUAL = 'BTC/USDT:USDT';
let harness: Harness | null = null;

afterEach(async () => {
  await harness?.close();
  harness = null;
});

describe('contracts of an exchange', () => {
  test.each([
    ['by streams', null],
    ['by requests where streams are blocked', 'no-websocket'],
  ] as const)('are read beside spot %s, with their funding', async (_, fault) => {
    harness = startHarness({
      ids: ['bybit'],
      server: { symbols: [BTC, PERPETUAL] },
      feed: { symbols: [BTC], contracts: ['perpetual'] },
    });
    const { bybit } = harness.servers;
    await bybit.fault(fault);
    bybit.setBook(BTC, [[99, 1]], [[100, 1]]);
    bybit.setBook(PERPETUAL, [[101, 2]], [[102, 2]]);
    const { markets } = await harness.feed.loadMarkets(new AbortController().signal);
    expect(markets.map(({ symbol, contract }) => [symbol, contract?.kind])).toEqual([
      [BTC, undefined],
      [PERPETUAL, 'perpetual'],
    ]);
    const prices = new Map<string, number>();
    const funding: Funding[] = [];
    const reading = new AbortController();
    const batches = harness.feed.batches(reading.signal);
    const done = (async () => {
      for await (const batch of batches) {
        for (const { symbol, bid } of batch.quotes) prices.set(symbol, bid);
        for (const { symbol, bids } of batch.books) prices.set(symbol, bids[0]?.[0] ?? 0);
        funding.push(...(batch.funding ?? []));
      }
    })();
    await untilTrue('prices of both and funding', () => prices.size === 2 && funding.length > 0);
    expect(Object.fromEntries(prices)).toEqual({ [BTC]: 99, [PERPETUAL]: 101 });
    expect(funding[0]).toMatchObject({
      ...{ exchange: 'bybit', symbol: PERPETUAL, rateRatio: Number(BYBIT_FUNDING.rate) },
      ...{ intervalMs: 4 * 3_600_000, markPriceInQuote: Number(BYBIT_FUNDING.markPrice) },
    });
    expect(funding[0]?.nextFundingAtMs).toBeGreaterThan(Date.now() - 3_600_000);
    reading.abort();
    await done;
  });
});
