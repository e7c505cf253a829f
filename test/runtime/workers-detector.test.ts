/** The deployment as a detector on local workerd, its market-data service a process on Bun, in one trace to an exchange. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { type RoleWorld, startRoleWorld, WORLD_TOKEN } from '../support/role-world.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

interface Page {
  readonly source: string;
  readonly opportunities: readonly { readonly state: string; readonly traceId: string | null }[];
}

describe.skipIf(!hasNode)('a detector on workerd with a market-data service on Bun', () => {
  let world: RoleWorld;
  let market: ServiceProcess;
  let stateDir: string;
  let worker: LocalWorker;

  const getJson = async (path: string) => (await fetch(worker.url + path)).json();
  const exchanges = async () =>
    ((await getJson('/api/exchanges')) as { readonly exchanges: readonly { state: string }[] })
      .exchanges;
  const areAll = async (state: string) => {
    const list = await exchanges();
    return list.length === 2 && list.every((each) => each.state === state) ? true : null;
  };

  beforeAll(async () => {
    world = await startRoleWorld();
    market = await world.startMarket();
    stateDir = await makeStateDir();
    worker = await startWorker({
      config: 'wrangler.toml',
      stateDir,
      vars: {
        ...world.telemetry('detector'),
        ...{ ROLE: 'detector', FEED: 'remote' },
        ...{ MARKET_URL: market.url, MARKET_TOKEN: WORLD_TOKEN },
      },
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await market?.stop('SIGKILL');
    await world?.close();
    await removeStateDir(stateDir);
  });

  test('sees its exchanges and is ready', async () => {
    await eventually('both are live', () => areAll('live'));
    expect((await fetch(`${worker.url}/ready`)).status).toBe(200);
  });

  test('finds an opportunity, in one trace from workerd through Bun to an exchange', async () => {
    world.setPremium(3);
    const page = await eventually('an opportunity opens', async () => {
      const found = (await getJson('/api/opportunities?state=open')) as Page;
      return found.opportunities.length > 0 ? found : null;
    });
    expect(page.source).toBe('live');
    expect(await world.depthPath('detector')).toEqual([
      'detector arbitrage.detect_opportunities INTERNAL',
      'detector arbitrage.detect_symbol INTERNAL',
      'detector exchange.call CLIENT',
      'market GET /api/quotes/book SERVER',
      'market exchange.call CLIENT',
    ]);
  });

  test('shows its exchanges as down while the service is away, and comes back', async () => {
    const { port } = new URL(market.url);
    await market.stop('SIGKILL');
    await eventually('both are down', () => areAll('down'));
    market = await world.startMarket(port);
    await eventually('both are live again', () => areAll('live'));
  });
});
