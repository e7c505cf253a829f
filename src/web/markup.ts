/** What the pages that the server renders share. */

import { html } from 'hono/html';
import type { MarketDataSource } from '../domain/market.ts';

export type Markup = ReturnType<typeof html>;

/** The text of markup that holds no promise. */
export function toText(markup: Markup): string {
  if (markup instanceof Promise) throw new Error('BUG: a page waits for something');
  return markup.toString();
}

interface Frame {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly source: MarketDataSource;
  /** Scripts of the page, beside the one that sets the theme. */
  readonly scripts: readonly string[];
  readonly current: '/' | '/docs';
  readonly body: Markup;
}

/** A whole document: head, banner, header, `body`, footer. */
export function renderFrame(frame: Frame): string {
  const { title, description, version, source, scripts, current, body } = frame;
  return toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/theme.js"></script>
${scripts.map((path) => html`<script type="module" src="${path}"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${renderBanner(source)}
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28"> Spreadscope</a>
<nav aria-label="Pages">
${renderLink('/', 'Live', current)}
${renderLink('/docs', 'API', current)}
</nav>
<div class="top-end">
${current === '/' ? html`<span class="pill" id="connection" role="status" data-state="connecting">connecting</span>` : ''}
<button class="icon-button" id="theme" type="button" aria-label="Switch between dark and light" title="Dark or light">◐</button>
</div>
</header>
<main id="main" tabindex="-1">
${body}
</main>
<footer class="bottom">Spreadscope ${version} · <a href="/openapi.json">OpenAPI</a> · <a href="/ready">Readiness</a></footer>
</body>
</html>
`);
}

function renderLink(path: string, text: string, current: string): Markup {
  return path === current
    ? html`<a href="${path}" aria-current="page">${text}</a>`
    : html`<a href="${path}">${text}</a>`;
}

/** Nobody may take another market for the real one. */
function renderBanner(source: MarketDataSource): Markup {
  if (source === 'live') return html``;
  const text =
    source === 'synthetic'
      ? 'Every price and exchange below is generated. Nothing here can be traded.'
      : 'Every price below is from a recording, not from the market now.';
  return html`<aside class="banner" aria-label="Source of the data" data-source="${source}"><strong>${source} market</strong> <span>${text}</span></aside>`;
}
