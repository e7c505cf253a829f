/** The list of recent traces, and the one that is looked at. */

import { renderAnatomy } from './anatomy-view.ts';
import { type OpportunityJson, readTrace, readTraces, type TraceJson } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { formatDuration, formatTime } from './format.ts';
import { renderWaterfall } from './waterfall-view.ts';

/** Traces kept here longer than the server remembers them: those of opportunities opened while the page was open. */
const MAX_KEPT_COUNT = 60;
const MAX_LISTED_COUNT = 30;

type Filter = 'found' | 'all' | 'errors';

const EMPTY_TEXTS: Readonly<Record<Filter, string>> = {
  found: 'No remembered trace opened an opportunity.',
  all: 'No trace is remembered.',
  errors: 'No remembered trace has an error.',
};

const CLOSED_TEXT = 'Traces are given only to those who know the API token.';

export class TracesView {
  readonly #kept = new Map<string, TraceJson>();
  /** A round that opens several opportunities has one trace: it is asked for once. */
  readonly #coming = new Set<string>();
  #recent: readonly TraceJson[] = [];
  #filter: Filter = 'found';
  #shownId: string | null = null;
  #isClosed = false;

  constructor() {
    byId('trace-filter').addEventListener('click', (event) => this.#onFilter(event));
  }

  async refresh(): Promise<void> {
    const recent = await readTraces();
    this.#isClosed = recent === null;
    this.#recent = recent?.traces ?? [];
    this.#renderList();
    const [first] = this.#listed();
    if (this.#shownId === null && first !== undefined) this.#show(first);
  }

  /** Fetches the trace of an opportunity that has just opened, before the server forgets it. */
  async keep(traceId: string): Promise<void> {
    if (this.#kept.has(traceId) || this.#coming.has(traceId)) return;
    this.#coming.add(traceId);
    try {
      await this.#fetch(traceId);
    } finally {
      this.#coming.delete(traceId);
    }
  }

  async #fetch(traceId: string): Promise<void> {
    const trace = await readTrace(traceId);
    if (trace === null) return;
    this.#remember(trace);
    this.#renderList();
  }

  #remember(trace: TraceJson): void {
    this.#kept.set(trace.traceId, trace);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT_COUNT && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Shows an opportunity with the trace of the round that opened it. */
  async showOpportunity(opportunity: OpportunityJson): Promise<void> {
    renderAnatomy(byId('anatomy'), opportunity);
    const { traceId } = opportunity;
    if (traceId === null) {
      this.#showNothing('The round that opened it was not traced.');
      return;
    }
    const trace = this.#kept.get(traceId) ?? (await readTrace(traceId));
    if (trace !== null) {
      this.#remember(trace);
      this.#showTrace(trace);
    } else
      this.#showNothing(`Its trace is no longer remembered here. Your backend has it: ${traceId}`);
  }

  /** Takes a newer state of the opportunity that is looked at. */
  updateOpportunity(opportunity: OpportunityJson): void {
    renderAnatomy(byId('anatomy'), opportunity);
  }

  #onFilter(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const filter = button?.dataset.filter;
    if (filter !== 'found' && filter !== 'all' && filter !== 'errors') return;
    this.#filter = filter;
    for (const each of byId('trace-filter').querySelectorAll('button')) {
      each.setAttribute('aria-pressed', String(each === button));
    }
    this.#renderList();
  }

  #listed(): readonly TraceJson[] {
    const recentIds = new Set(this.#recent.map(({ traceId }) => traceId));
    const kept = [...this.#kept.values()].filter(({ traceId }) => !recentIds.has(traceId));
    return [...this.#recent, ...kept]
      .filter((trace) => matches(trace, this.#filter))
      .sort((a, b) => b.startedAtMs - a.startedAtMs)
      .slice(0, MAX_LISTED_COUNT);
  }

  #renderList(): void {
    const list = byId('trace-list');
    const focusedId = document.activeElement?.closest<HTMLElement>('[data-trace]')?.dataset.trace;
    const items = this.#listed().map((trace) => this.#createItem(trace));
    const empty = element(
      'li',
      { class: 'empty' },
      this.#isClosed ? CLOSED_TEXT : EMPTY_TEXTS[this.#filter],
    );
    list.replaceChildren(...(items.length > 0 ? items : [empty]));
    if (focusedId === undefined) return;
    list.querySelector<HTMLElement>(`[data-trace="${focusedId}"]`)?.focus({ preventScroll: true });
  }

  #createItem(trace: TraceJson): HTMLLIElement {
    const isShown = trace.traceId === this.#shownId;
    const button = element(
      'button',
      {
        class: 'row-button trace-item',
        attributes: {
          type: 'button',
          'data-trace': trace.traceId,
          'aria-pressed': String(isShown),
          'data-error': String(trace.hasError),
        },
        onClick: () => this.#show(trace),
      },
      element('span', { class: 'trace-name', title: trace.rootName }, toTitle(trace)),
      element('span', { class: 'trace-note' }, toNote(trace)),
      element('span', { class: 'trace-time' }, formatDuration(trace.durationMs)),
    );
    return element('li', {}, button);
  }

  #show(trace: TraceJson): void {
    byId('anatomy').hidden = true;
    this.#showTrace(trace);
  }

  #showTrace(trace: TraceJson): void {
    this.#shownId = trace.traceId;
    byId('trace-empty').hidden = true;
    renderWaterfall(byId('waterfall'), trace);
    this.#renderList();
  }

  #showNothing(text: string): void {
    this.#shownId = '';
    byId('waterfall').hidden = true;
    byId('trace-empty').hidden = false;
    setText(byId('trace-empty'), text);
    this.#renderList();
  }
}

function matches(trace: TraceJson, filter: Filter): boolean {
  if (filter === 'all') return true;
  return filter === 'errors' ? trace.hasError : countOpened(trace) > 0;
}

function countOpened(trace: TraceJson): number {
  const counts = trace.spans.map(
    ({ attributes }) => attributes['arbitrage.opportunities_opened_count'],
  );
  return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
}

/** The symbols in which something opened, or what the trace is about. */
function toTitle(trace: TraceJson): string {
  const symbols = trace.spans
    .filter(({ events }) => events.some(({ name }) => name === 'opportunity_opened'))
    .map(({ attributes }) => attributes['crypto.symbol']);
  return symbols.length > 0 ? symbols.join(', ') : trace.rootName.replace(/^arbitrage\./, '');
}

function toNote(trace: TraceJson): string {
  const openedCount = countOpened(trace);
  const spans = trace.spansCount === 1 ? '1 span' : `${trace.spansCount} spans`;
  return `${formatTime(trace.startedAtMs)} · ${openedCount === 0 ? spans : `${openedCount} opened`}`;
}
