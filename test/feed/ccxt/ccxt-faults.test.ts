import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import type { LocalExchangeId } from '../../support/exchanges/exchange-server.ts';
import type { Fault } from '../../support/exchanges/fault-server.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { BTC, ETH, type Harness, startHarness, until } from './harness.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

async function startReading(): Promise<Harness> {
  const harness = startHarness();
  for (const server of Object.values(harness.servers)) {
    server.setBook(BTC, [[100, 1]], [[101, 1]]);
    server.setBook(ETH, [[10, 1]], [[11, 1]]);
  }
  await harness.read();
  await until('six books', () => harness.books.size === 6);
  return harness;
}

/** Each fault, on the exchange whose format is telling, and the code under which it is shown. */
const CASES: readonly (readonly [Fault, LocalExchangeId, ErrorCode])[] = [
  ['die', 'bybit', 'exchange_network'],
  ['hang', 'bybit', 'exchange_timeout'],
  ['stall', 'poloniex', 'exchange_timeout'],
  ['garbage', 'binance', 'exchange_bad_data'],
  ['garbage', 'poloniex', 'exchange_bad_data'],
  ['wrong-types', 'bybit', 'exchange_bad_data'],
  ['rate-limit', 'binance', 'exchange_rate_limited'],
  ['rate-limit', 'bybit', 'exchange_rate_limited'],
  ['rate-limit', 'poloniex', 'exchange_rate_limited'],
  ['maintenance', 'binance', 'exchange_maintenance'],
  ['maintenance', 'poloniex', 'exchange_maintenance'],
  ['maintenance', 'bybit', 'exchange_network'],
  ['geo-block', 'binance', 'exchange_geo_blocked'],
  ['geo-block', 'poloniex', 'exchange_geo_blocked'],
];

async function checkFault(fault: Fault, id: LocalExchangeId, code: ErrorCode, harness: Harness) {
  const { servers, books, status } = harness;
  const others = (['binance', 'bybit', 'poloniex'] as const).filter((each) => each !== id);
  await servers[id].fault(fault);
  await until('the reason', () => status(id).reason?.code === code);
  expect(status(id).reason?.message).toStartWith(id);
  for (const other of others) servers[other].setBook(BTC, [[300, 1]], [[301, 1]]);
  const follows = (each: string) => books.get(`${each} ${BTC}`)?.bids[0]?.[0] === 300;
  await until('the others follow', () => others.every(follows));
  for (const other of others) expect(status(other)).toMatchObject({ state: 'live', reason: null });

  await servers[id].fault(null);
  servers[id].setBook(BTC, [[300, 1]], [[301, 1]]);
  await until('it follows again', () => follows(id) && status(id).state === 'live');
  expect(status(id)).toMatchObject({ reason: null, failuresCount: 0, retryAtMs: null });
}

describe('one exchange that fails while its books stream', () => {
  // Each case has servers and a feed of its own, and mostly waits.
  test.concurrent.each(CASES)(
    '%s of %s is shown as %s, others go on, and it recovers',
    async (fault, id, code) => {
      const harness = await startReading();
      try {
        await checkFault(fault, id, code, harness);
      } finally {
        await harness.close();
      }
    },
  );
});
