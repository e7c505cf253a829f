import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../../src/http/app.ts';
import type { StatusJson } from '../../../src/web/page/api.ts';
import { explain } from '../../../src/web/page/screening-view.ts';
import { createHttpWorld, type HttpWorld } from '../../support/http-world.ts';

async function explainOf(fill: (world: HttpWorld) => void): Promise<string> {
  const world = createHttpWorld({ OPEN_EDGE_BPS: '5', TAKER_BPS: '10' });
  fill(world);
  const response = await createHttpApp(world.services).request('/api/status');
  return explain((await response.json()) as StatusJson).replaceAll('\u2212', '-');
}

const symbol = 'BTC/USDT';

describe('why there is nothing', () => {
  test('names the first count that is zero', async () => {
    expect(await explainOf(() => {})).toBe('No market is known yet.');
    expect(await explainOf(({ addMarket }) => addMarket('aster', symbol))).toBe(
      '1 market known, none with a usable quote.',
    );
    expect(await explainOf(({ addQuote }) => addQuote({ exchange: 'aster', symbol }))).toBe(
      'No symbol has usable quotes on two exchanges.',
    );
  });

  test.each([
    [100.05, 'No bid stands above an ask elsewhere. Nearest: BTC/USDT, aster to borea, -25.0 bps.'],
    [100.2, 'In 1 a bid stands above an ask elsewhere, and fees take all of it.'],
    [100.33, 'In 1 a bid stands above an ask elsewhere, and none clears 5 bps after fees.'],
    [
      100.5,
      'In 1 a bid stands above an ask elsewhere, 1 of them above 5 bps at best prices, but none at depth.',
    ],
  ])('tells how far a bid of %d comes', async (bid, expected) => {
    const text = await explainOf(({ addQuote }) => {
      addQuote({ exchange: 'aster', symbol, bid: 100, ask: 100.1 });
      addQuote({ exchange: 'borea', symbol, bid, ask: bid + 0.1 });
    });
    expect(text).toStartWith(`1 symbol compared on 2 markets. ${expected}`);
  });
});
