import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type LiveApp, startLiveApp } from '../support/live-app.ts';
import { TEST_TIMEOUT_MS, WAIT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const hasChromium = requirement('Chromium', CHROMIUM !== undefined);
/** Wide enough dislocations, open for long enough to be clicked. */
const ENV = {
  ...{ OPEN_EDGE_BPS: '0.2', CLOSE_EDGE_BPS: '0', TAKER_BPS: '0', MAX_AGE_MS: '60000' },
  // One network of one asset: every pair is then told in both modes.
  TERMS: '{"networks":{"synthetic-altair":{"BTC":{"BTC":{}}}}}',
  CONTRACTS: 'perpetual,dated',
};

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

interface AxeWindow {
  readonly axe: {
    run(): Promise<{
      readonly violations: readonly {
        readonly id: string;
        readonly nodes: readonly { readonly html: string }[];
      }[];
    }>;
  };
}

interface Visit {
  readonly page: Page;
  /** Errors, console warnings and requests to anywhere else. */
  readonly complaints: readonly string[];
}

/** Stands before the service as nginx would: cuts connections, then answers 502 until it recovers. */
function startProxy(target: string) {
  let cut = new AbortController();
  let isUp = true;
  const refusal = Promise.withResolvers<void>();
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      if (isUp) return cutShort(await fetch(target + pathname + search), cut.signal);
      if (pathname.endsWith('/stream')) refusal.resolve();
      return new Response('bad gateway', { status: 502 });
    },
  });
  return {
    url: server.url.origin,
    breakOff: () => {
      isUp = false;
      cut.abort();
      cut = new AbortController();
    },
    /** Resolves when the stream was asked for in vain. */
    refused: () => refusal.promise,
    recover: () => {
      isUp = true;
    },
    close: () => server.stop(true),
  };
}

/** The same answer, whose body ends when `signal` aborts. */
function cutShort({ body, headers }: Response, signal: AbortSignal): Response {
  if (body === null) return new Response(null, { headers });
  const reader = body.getReader();
  const end = new Promise<{ done: true; value: undefined }>((resolve) => {
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }));
  });
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await Promise.race([reader.read(), end]);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => reader.cancel(),
  });
  const kept = new Headers(headers);
  kept.delete('content-encoding');
  kept.delete('content-length');
  return new Response(stream, { headers: kept });
}

describe.skipIf(!hasChromium)('the page in Chromium', () => {
  let app: LiveApp;
  let browser: Browser;

  beforeAll(async () => {
    app = await startLiveApp({ env: ENV });
    browser = await chromium.launch({
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  async function visit(
    options: {
      readonly path?: string;
      readonly url?: string;
      readonly width?: number;
      readonly colorScheme?: 'dark' | 'light';
    } = {},
  ): Promise<Visit> {
    const { path = '/', url = app.url, width = 1_280, colorScheme = 'dark' } = options;
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(url + path);
    return { page, complaints };
  }

  test('shows opportunities, exchanges and counts as they come, without a complaint', async () => {
    const { page, complaints } = await visit();
    await page.locator('#open-rows tr').first().waitFor();
    await page.locator('#exchanges li[data-state="live"]').first().waitFor();
    expect(await page.locator('#exchanges li').count()).toBe(8);
    expect(await page.locator('#funnel li').count()).toBe(6);
    expect(await page.locator('#connection').textContent()).toBe('live');
    expect(await page.locator('.banner').textContent()).toMatch(/^synthetic market/);
    await page.waitForFunction(() =>
      /^[\d,]+$/.test(document.querySelector('#tile-rate')?.textContent ?? ''),
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('shows how an opportunity was found, by mouse and by keyboard alone', async () => {
    const { page, complaints } = await visit();
    await page.locator('#open-rows tr').first().waitFor();
    await page.evaluate(() => document.querySelector<HTMLElement>('#open-rows button')?.focus());
    await page.keyboard.press('Enter');
    await page.locator('#anatomy .leg').nth(1).waitFor();
    await page.locator('#waterfall .span-row').first().waitFor();
    // A pair has two legs, a cycle up to four.
    const legs = await page.locator('#anatomy .leg-title').allTextContents();
    expect(legs.length).toBeWithin(2, 5);
    for (const leg of legs) expect(leg).toMatch(/^(?:buy|sell) on \w+$/);
    expect(await page.locator('#waterfall .span-name').first().textContent()).toBe(
      'arbitrage.detect_opportunities',
    );
    await page.locator('#waterfall .span-row').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#waterfall .pairs').first().waitFor();
    const attributes = await page.locator('#waterfall .pairs').first().textContent();
    expect(attributes).toContain('arbitrage.symbols_count');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('shows a pair from inventory and by transfer side by side', async () => {
    const { page, complaints } = await visit();
    // The symbol of a pair has a slash, the route of a cycle has none.
    await page.locator('#open-rows button', { hasText: '/' }).first().click();
    await page.locator('#anatomy .modes').waitFor();
    const modes = await page.locator('#anatomy .modes').textContent();
    expect(modes).toMatch(/^From inventory \(counted above\).+By transfer.*(does not say|are off)/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('says what near misses lack, and what funding and basis carry', async () => {
    const { page, complaints } = await visit();
    const why = page.locator('#nearest .nearest-why').first();
    await why.waitFor();
    expect(await why.textContent()).toMatch(/short|too old|too far|waiting|least order/);
    for (const kind of ['perpetual against spot', 'dated against spot']) {
      await page.locator('#basis-rows th', { hasText: kind }).first().waitFor();
    }
    const nets = await page.locator('#basis-rows .edge').allTextContents();
    for (const net of nets) expect(net).toMatch(/^\+\d+\.\d{2,4}\u202f%$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('lists all traces when asked, requests too', async () => {
    const { page } = await visit();
    await page.getByRole('button', { name: 'All' }).click();
    await page.locator('.trace-item').nth(3).waitFor();
    expect(await page.locator('.trace-item').count()).toBeGreaterThan(3);
    await page.locator('.trace-item').first().click();
    await page.locator('#waterfall .span-row').first().waitFor();
    await page.context().close();
  });

  test('keeps rows where they are while a pointer moves over them, and no longer', async () => {
    const { page } = await visit();
    const order = () =>
      page.locator('#open-rows .link').evaluateAll((links) => links.map((link) => link.id));
    const mark = (links: readonly Element[]) => {
      for (const [index, link] of links.entries()) link.id = `row-${index}`;
    };
    await page.locator('#open-rows tr').nth(2).waitFor();
    const moveOver = async (offset: number) => {
      const box = await page.locator('#open-rows tr').nth(1).boundingBox();
      await page.mouse.move((box?.x ?? 0) + 8 + offset, (box?.y ?? 0) + 8);
    };
    const textOf = (selector: string) => page.locator(selector).textContent();
    for (let step = 0; !(await textOf('#open-count'))?.includes('held'); step += 1) {
      await moveOver(step % 3);
    }
    await page.locator('#open-rows .link').evaluateAll(mark);
    const before = await order();
    const foundText = await textOf('#tile-found');
    for (let step = 0; (await textOf('#tile-found')) === foundText; step += 1) {
      await moveOver(step % 3);
    }
    expect(await order()).toEqual(before);
    const leftAtMs = performance.now();
    await page.mouse.move(1, 1);
    await page.locator('#open-count', { hasNotText: 'held' }).waitFor();
    // A pointer that rests would hold them for four seconds.
    expect(performance.now() - leftAtMs).toBeLessThan(3_500);
    await page.waitForFunction(
      (first) => document.querySelector('#open-rows .link')?.id !== first,
      before[0],
    );
    await page.context().close();
  });

  test.each([360, 768, 1_280])('fits a window %d pixels wide', async (width) => {
    for (const path of ['/', '/docs']) {
      const { page } = await visit({ path, width });
      if (path === '/') {
        await page.locator('#open-rows tr').first().waitFor();
        await page.locator('#basis-rows tr').first().waitFor();
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([path, overflow]).toEqual([path, 0]);
      await page.context().close();
    }
  });

  test('follows the system between dark and light, and the reader before the system', async () => {
    const { page } = await visit({ colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.getByRole('button', { name: /dark and light/ }).click();
    expect(await ground()).toBe(dark);
    await page.reload();
    expect(await ground()).toBe(dark);
    await page.context().close();
  });

  test.each(['dark', 'light'] as const)(
    'has nothing that axe finds hard to perceive or to use (%s)',
    async (colorScheme) => {
      const context = await browser.newContext({ colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const path of ['/', '/docs']) {
        await page.goto(app.url + path);
        if (path === '/') {
          await page.locator('#open-rows tr').first().waitFor();
          await page.locator('#basis-rows tr').first().waitFor();
          await page.locator('#open-rows button').first().click();
          await page.locator('#waterfall .span-row').first().click();
        }
        await page.addScriptTag({ path: AXE });
        const found = await page.evaluate(async () => {
          const { violations } = await (globalThis as unknown as AxeWindow).axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        });
        expect([path, found]).toEqual([path, []]);
      }
      await context.close();
    },
  );

  test('says that it has lost the server, and finds it again, even behind a proxy that refuses', async () => {
    const proxy = startProxy(app.url);
    const { page } = await visit({ url: proxy.url });
    await page.locator('#connection[data-state="live"]').waitFor();
    proxy.breakOff();
    await page.locator('#connection[data-state="lost"]').waitFor();
    await proxy.refused();
    proxy.recover();
    await page.locator('#connection[data-state="live"]').waitFor();
    await page.context().close();
    await proxy.close();
  });

  test('answers every reading of the reference without script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${app.url}/docs#problem-invalid_input`);
    expect(await page.locator('h1').textContent()).toBe('API reference');
    expect(await page.locator('#problem-invalid_input').isVisible()).toBe(true);
    await context.close();
  });
});
