/** The page's shell: its frame and its empty parts, which the script fills. */

import { html } from 'hono/html';
import type { PageState } from '../http/services.ts';
import { type Markup, renderFrame } from './markup.ts';

/** The document of `/`. */
export function renderPage({ version, source }: PageState): string {
  return renderFrame({
    title: 'Spreadscope: live opportunities',
    description:
      'Price spreads between crypto exchanges that survive all their costs, as they happen.',
    version,
    source,
    scripts: ['/assets/page.js'],
    current: '/',
    body: html`<h1 class="hidden">Live opportunities</h1>
<noscript><p class="notice">This page needs JavaScript. The API does not: see <a href="/docs">its reference</a>.</p></noscript>
<p class="notice" id="trouble" role="alert" hidden></p>
${renderTiles()}
<div class="columns">
<div class="stack">
${renderOpportunities()}
${renderBasis()}
${renderTrace()}
</div>
<div class="stack">
${renderScreening()}
${renderExchanges()}
</div>
</div>`,
  });
}

function renderTiles(): Markup {
  const tile = (id: string, label: string, note: string) => html`<div class="tile">
<dt>${label}</dt><dd><span class="tile-value" id="${id}">–</span> <span class="tile-note" id="${id}-note">${note}</span></dd>
</div>`;
  return html`<dl class="tiles">
${tile('tile-open', 'Open now', '')}
${tile('tile-best', 'Best edge', 'after all costs')}
${tile('tile-found', 'Found since start', '')}
${tile('tile-rate', 'Updates', 'a second')}
</dl>`;
}

function renderOpportunities(): Markup {
  return html`<section class="panel" aria-labelledby="open-title">
<div class="panel-head"><h2 id="open-title">Opportunities</h2><span class="count" id="open-count"></span></div>
<div class="why"><p class="why-title" id="why-title" aria-live="polite">Waiting for the first data…</p><p id="why"></p></div>
<div class="table-wrap">
<table class="opportunities" id="open-table" hidden>
<thead><tr><th scope="col">Symbol</th><th scope="col">Buy → sell</th><th scope="col" class="number">Edge, bps</th><th scope="col" class="trend"><span class="hidden">Edge over time</span></th><th scope="col" class="number">Size</th><th scope="col" class="number">Profit</th><th scope="col" class="number">Open for</th></tr></thead>
<tbody id="open-rows"></tbody>
</table>
</div>
</section>`;
}

/** The script shows it where contracts are watched. */
function renderBasis(): Markup {
  return html`<section class="panel" id="basis-panel" aria-labelledby="basis-title" hidden>
<div class="panel-head"><h2 id="basis-title">Funding and basis</h2><span class="count" id="basis-note"></span></div>
<p class="basis-why" id="basis-why"></p>
<div class="table-wrap" tabindex="0" role="region" aria-label="Carries, best first">
<table class="opportunities carries" id="basis-table" hidden>
<thead><tr><th scope="col">Assets</th><th scope="col">Long</th><th scope="col">Short</th><th scope="col" class="number">Net a year</th><th scope="col" class="number">Breaks even</th><th scope="col" class="number">Profit</th></tr></thead>
<tbody id="basis-rows"></tbody>
</table>
</div>
</section>`;
}

function renderScreening(): Markup {
  return html`<section class="panel" aria-labelledby="screening-title">
<div class="panel-head"><h2 id="screening-title">What is screened</h2><span class="count" id="screening-note"></span></div>
<ol class="funnel" id="funnel"></ol>
<div id="nearest-part" hidden>
<h3>Near misses, and what they lack</h3>
<ol class="nearest" id="nearest"></ol>
</div>
</section>`;
}

function renderExchanges(): Markup {
  return html`<section class="panel" aria-labelledby="exchanges-title">
<div class="panel-head"><h2 id="exchanges-title">Exchanges</h2><span class="count" id="exchanges-count"></span></div>
<ul class="exchanges" id="exchanges"></ul>
</section>`;
}

function renderTrace(): Markup {
  return html`<section class="panel trace" id="trace-panel" aria-labelledby="trace-title" tabindex="-1">
<div class="panel-head"><h2 id="trace-title">How it was found</h2>
<div class="segments" role="group" aria-label="Traces shown" id="trace-filter">
<button type="button" data-filter="found" aria-pressed="true">Found</button>
<button type="button" data-filter="all" aria-pressed="false">All</button>
<button type="button" data-filter="errors" aria-pressed="false">Errors</button>
</div></div>
<div class="trace-body">
<ol class="trace-list" id="trace-list" aria-label="Recent traces"></ol>
<div class="trace-main">
<div class="anatomy" id="anatomy" hidden></div>
<p class="empty" id="trace-empty">Choose an opportunity or a trace.</p>
<div id="waterfall" hidden></div>
</div>
</div>
</section>`;
}
