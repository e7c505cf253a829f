import { describe, expect, test } from 'bun:test';
import { buildWebAssets } from '../../src/cli/build-web.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { PROBLEMS } from '../../src/http/problem.ts';
import { parseWebAssets } from '../../src/web/assets.ts';
import { loadWebAssets } from '../../src/web/load-file.ts';
import { createWebPages } from '../../src/web/pages.ts';
import { createHttpWorld } from '../support/http-world.ts';

const assets = await buildWebAssets();
const pages = createWebPages(assets);
const app = createHttpApp(createHttpWorld({}, pages).services);

const read = async (url: string) => (await app.request(url)).text();

describe('the pages', () => {
  test.each(['/', '/docs'])('%s has nothing inline and nothing from elsewhere', async (url) => {
    const text = await read(url);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(text).not.toMatch(/<style|\bstyle=|\bon[a-z]+="/);
    expect(text).not.toMatch(/\b(src|href)="(https?:)?\/\//);
  });

  test.each(['/', '/docs'])('%s names only files that are served', async (url) => {
    const paths = [...(await read(url)).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const path of paths) expect([path, (await app.request(path)).status]).toEqual([path, 200]);
  });

  test('say in a banner that the market is not live, and nothing when it is', () => {
    const render = (source: 'live' | 'recording' | 'synthetic') =>
      pages.renderPage({ version: '0.1.0', source });
    expect(render('synthetic')).toContain('<strong>synthetic market</strong>');
    expect(render('recording')).toContain('<strong>recording market</strong>');
    expect(render('live')).not.toContain('class="banner"');
  });

  test('have no text that could be markup', () => {
    const text = pages.renderPage({ version: '<b>"&', source: 'live' });
    expect(text).toContain('&lt;b&gt;&quot;&amp;');
  });
});

describe('the reference', () => {
  test('shows every path, and describes every problem code', async () => {
    const text = await read('/docs');
    const document = (await (await app.request('/openapi.json')).json()) as { paths: object };
    for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code>`);
    for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`id="problem-${code}"`);
  });

  test('links only to places that exist', async () => {
    const text = await read('/docs');
    const ids = new Set([...text.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]));
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((target) => !ids.has(target))).toEqual([]);
  });
});

describe('the assets', () => {
  test('are the same for the same sources', async () => {
    expect(await buildWebAssets()).toEqual(assets);
  });

  test('are small enough for a slow line', () => {
    const bytes = assets.reduce((sum, { body }) => sum + Bun.gzipSync(body).byteLength, 0);
    expect(bytes).toBeLessThan(20_000);
  });

  test('carry their types and are revalidated by tag', async () => {
    for (const { path, contentType } of assets) {
      const first = await app.request(path);
      expect(first.headers.get('content-type')).toBe(contentType);
      expect(first.headers.get('cache-control')).toBe('no-cache');
      const tag = first.headers.get('etag') ?? '';
      const second = await app.request(path, { headers: { 'If-None-Match': tag } });
      expect([path, second.status]).toEqual([path, 304]);
    }
  });

  test('are read back from the file that the build writes', async () => {
    const path = `${process.env['TMPDIR'] ?? '/tmp'}/spreadscope-assets-${process.pid}.json`;
    await Bun.write(path, JSON.stringify(assets));
    expect(await loadWebAssets(Bun.pathToFileURL(path))).toEqual(assets);
    await Bun.file(path).delete();
    expect(loadWebAssets(Bun.pathToFileURL(path))).rejects.toThrow('run `bun run build`');
    expect(() => parseWebAssets([{ path: '/x' }])).toThrow(TypeError);
  });
});
