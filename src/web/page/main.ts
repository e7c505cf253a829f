/** The page: the stream and a few polls in, what people see out. */

import {
  type Exchanges,
  type OpportunityJson,
  readBasis,
  readClosed,
  readExchanges,
  readExplanation,
  readOpen,
  readStatus,
  type StatusJson,
} from './api.ts';
import { renderBasis } from './basis-view.ts';
import { byId, setText } from './dom.ts';
import { renderExchanges } from './exchanges-view.ts';
import { formatBps, formatCount } from './format.ts';
import { LiveState } from './live-state.ts';
import { renderNearMisses } from './near-misses-view.ts';
import { OpportunitiesView } from './opportunities-view.ts';
import { renderStatus, renderWhy } from './screening-view.ts';
import { TracesView } from './traces-view.ts';

/** Numbers that change faster than this cannot be read. */
const DRAW_INTERVAL_MS = 250;
const POLL_INTERVAL_MS = 2_000;
const TRACES_INTERVAL_MS = 4_000;
/** Funding and basis move slowly. */
const BASIS_INTERVAL_MS = 10_000;
/** Wait before the stream is opened anew. */
const RETRY_MS = 2_000;
/** A round's trace is complete a moment after its events. */
const TRACE_DELAY_MS = 300;

const state = new LiveState();
const traces = new TracesView();
const table = new OpportunitiesView(choose);
let status: StatusJson | null = null;
let exchanges: Exchanges | null = null;
let chosenId: string | null = null;
/** What the anatomy shows. */
let shown: OpportunityJson | null = null;
/** The server's clock less this one, milliseconds. */
let clockOffsetMs = 0;

function choose(opportunity: OpportunityJson): void {
  chosenId = opportunity.id;
  shown = opportunity;
  table.mark(chosenId);
  const panel = byId('trace-panel');
  panel.scrollIntoView({ block: 'nearest' });
  void guard(traces.showOpportunity(opportunity));
}

function draw(): void {
  if (document.hidden) return;
  const open = state.open();
  table.render(open, state.closed(), Date.now() + clockOffsetMs);
  traces.draw();
  setText(byId('tile-open'), formatCount(open.length));
  const best = open.reduce((most, { opportunity }) => Math.max(most, opportunity.last.edgeBps), 0);
  setText(byId('tile-best'), open.length === 0 ? '–' : `${formatBps(best)} bps`);
  setText(byId('tile-open-note'), toSymbolsText(open.map(({ opportunity }) => opportunity.symbol)));
  if (status !== null) renderWhy(status, open.length);
  const chosen = chosenId === null ? null : state.find(chosenId);
  if (chosen === null || chosen === shown || byId('anatomy').hidden) return;
  shown = chosen;
  traces.updateOpportunity(chosen);
}

function toSymbolsText(symbols: readonly string[]): string {
  const count = new Set(symbols).size;
  if (count === 0) return '';
  return count === 1 ? 'in 1 symbol' : `in ${count} symbols`;
}

async function poll(): Promise<void> {
  const before = status;
  [status, exchanges] = await Promise.all([readStatus(), readExchanges()]);
  clockOffsetMs = status.atMs - Date.now();
  renderStatus(
    status,
    state.open().map(({ opportunity }) => opportunity.symbol),
  );
  renderExchanges(exchanges);
  if (before === null || status.atMs <= before.atMs) return;
  const updates = status.pipeline.updatesCount - before.pipeline.updatesCount;
  const rounds = status.pipeline.roundsCount - before.pipeline.roundsCount;
  const seconds = (status.atMs - before.atMs) / 1_000;
  setText(byId('tile-rate'), formatCount(Math.round(updates / seconds)));
  setText(byId('tile-rate-note'), `a second, ${formatCount(Math.round(rounds / seconds))} rounds`);
}

async function readAll(): Promise<void> {
  const open = await readOpen();
  state.replaceOpen(open.opportunities);
  state.replaceClosed((await readClosed()).opportunities);
}

/** @param afterId - the last event seen before, or empty. */
function listen(afterId = ''): void {
  let lastId = afterId;
  const query = lastId === '' ? '' : `?lastEventId=${lastId}`;
  const source = new EventSource(`/api/opportunities/stream${query}`);
  source.addEventListener('open', () => {
    showConnection('live', 'live');
    void guard(readAll());
  });
  source.addEventListener('error', () => {
    showConnection('lost', 'reconnecting');
    // A browser tries again after a broken connection, and never after an answer such as a proxy's 502.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(lastId), RETRY_MS);
  });
  source.addEventListener('missed', () => void guard(readAll()));
  for (const type of ['opened', 'updated', 'closed'] as const) {
    source.addEventListener(type, (event) => {
      lastId = event.lastEventId;
      onEvent(type, JSON.parse(event.data));
    });
  }
}

function onEvent(type: 'opened' | 'updated' | 'closed', opportunity: OpportunityJson): void {
  state.apply(opportunity);
  const { traceId } = opportunity;
  if (type === 'opened' && traceId !== null && !document.hidden) {
    setTimeout(() => void guard(traces.keep(traceId)), TRACE_DELAY_MS);
  }
}

function showConnection(connection: 'live' | 'lost', text: string): void {
  const pill = byId('connection');
  pill.dataset.state = connection;
  setText(pill, text);
}

/** Says what went wrong, once, until something works again. */
async function guard(work: Promise<void>): Promise<void> {
  const trouble = byId('trouble');
  try {
    await work;
    trouble.hidden = true;
  } catch (error) {
    setText(trouble, error instanceof Error ? error.message : String(error));
    trouble.hidden = false;
  }
}

/** Repeats `work` while the page is looked at; one run at a time. */
async function repeat(intervalMs: number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    if (!document.hidden) await guard(work());
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

setInterval(draw, DRAW_INTERVAL_MS);
void repeat(POLL_INTERVAL_MS, poll);
void repeat(TRACES_INTERVAL_MS, () => traces.refresh());
void repeat(POLL_INTERVAL_MS, async () => renderNearMisses((await readExplanation()).nearMisses));
void repeat(BASIS_INTERVAL_MS, async () => renderBasis(await readBasis()));
listen();
