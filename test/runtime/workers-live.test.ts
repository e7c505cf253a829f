/** The deployment with live exchanges on local workerd: ccxt in the bundle, against local exchanges in their own formats. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { type ExchangeServer, startExchangeServer } from '../support/exchanges/exchange-server.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const SYMBOL = 'BTC/USDT';

interface Listed {
  readonly exchange: string;
  readonly state: string;
  readonly transport: string;
  readonly reason: { readonly code: string } | null;
}

interface Page {
  readonly source: string;
  readonly opportunities: readonly {
    readonly symbol: string;
    readonly buyExchange: string;
    readonly sellExchange: string;
  }[];
}

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

describe.skipIf(!hasNode)('live exchanges on workerd', () => {
  let binance: ExchangeServer;
  let bybit: ExchangeServer;
  let stateDir: string;
  let worker: LocalWorker;

  const getJson = async (path: string) => (await fetch(worker.url + path)).json();
  const exchanges = async () =>
    ((await getJson('/api/exchanges')) as { readonly exchanges: readonly Listed[] }).exchanges;

  beforeAll(async () => {
    const options = { symbols: [SYMBOL], republishIntervalMs: 100 };
    binance = startExchangeServer('binance', options);
    bybit = startExchangeServer('bybit', options);
    binance.setBook(SYMBOL, [[99.9, 5]], [[100, 5]]);
    bybit.setBook(SYMBOL, [[99.9, 5]], [[100, 5]]);
    stateDir = await makeStateDir();
    worker = await startWorker({
      config: 'wrangler.toml',
      environment: 'live',
      stateDir,
      vars: {
        EXCHANGES: 'binance,bybit',
        SYMBOLS: SYMBOL,
        EXCHANGE_URLS: JSON.stringify({ binance: binance.urls, bybit: bybit.urls }),
        EXCHANGE_TIMEOUT_MS: '1000',
        EXCHANGE_STALL_MS: '1500',
      },
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await Promise.all([binance?.close(), bybit?.close()]);
    await removeStateDir(stateDir);
  });

  test('streams from the exchanges over outbound WebSockets', async () => {
    const listed = await eventually('both are live', async () => {
      const all = await exchanges();
      return all.length === 2 && all.every(({ state }) => state === 'live') ? all : null;
    });
    expect(listed.map(({ transport }) => transport)).toEqual(['websocket', 'websocket']);
    expect(binance.socketsCount).toBeGreaterThan(0);
  });

  test('finds what lies between them', async () => {
    bybit.setBook(SYMBOL, [[103, 5]], [[103.1, 5]]);
    const { source, opportunities } = await eventually('an opportunity opens', async () => {
      const page = (await getJson('/api/opportunities')) as Page;
      return page.opportunities.length > 0 ? page : null;
    });
    expect(source).toBe('live');
    expect(opportunities[0]).toMatchObject({
      symbol: SYMBOL,
      buyExchange: 'binance',
      sellExchange: 'bybit',
    });
  });

  test('says which exchange failed and why, and has it back afterwards', async () => {
    await bybit.fault('rate-limit');
    const failed = await eventually('bybit shows why', async () => {
      const found = (await exchanges()).find(({ exchange }) => exchange === 'bybit');
      return found?.reason?.code === 'exchange_rate_limited' ? found : null;
    });
    expect(failed.state).not.toBe('live');
    await bybit.fault(null);
    const areLive = async () =>
      (await exchanges()).every(({ state }) => state === 'live') ? true : null;
    await eventually('bybit is live again', areLive);
  });

  test('an exchange that was not built in is named in the answer', async () => {
    await worker.stop();
    worker = await startWorker({
      config: 'wrangler.toml',
      environment: 'live',
      stateDir,
      vars: { EXCHANGES: 'binance,mexc' },
    });
    const response = await fetch(`${worker.url}/api/opportunities`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: 'config_invalid',
      detail: expect.stringContaining('EXCHANGES: mexc not in this deployment'),
    });
  });
});
