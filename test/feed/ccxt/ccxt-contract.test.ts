import { describeFeedContract } from '../feed-contract.ts';
import { BTC, ETH, startHarness } from './harness.ts';

describeFeedContract('ccxt', {
  createHarness: async () => {
    const { feed, servers, close } = startHarness();
    for (const server of Object.values(servers)) {
      server.setBook(BTC, [[100, 1]], [[101, 1]]);
      server.setBook(ETH, [[10, 1]], [[11, 1]]);
    }
    return { feed, produce: async () => undefined, dispose: close };
  },
});
