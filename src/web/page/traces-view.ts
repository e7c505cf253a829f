/** The list of recent traces, and the one that is looked at. */

import { renderAnatomy } from './anatomy-view.ts';
import { type OpportunityJson, readTrace, readTraces, type TraceJson } from './api.ts';
import { byId, element, placeChildren, setText } from './dom.ts';
import { createHold } from './hold.ts';
import { countOpened, createTraceItem, type TraceItem } from './trace-item.ts';
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
  readonly #hold = createHold(byId('trace-list'));
  readonly #items = new Map<string, TraceItem>();
  readonly #kept = new Map<string, TraceJson>();
  /** A round that opens several opportunities has one trace: it is asked for once. */
  readonly #coming = new Set<string>();
  #recent: readonly TraceJson[] = [];
  #filter: Filter = 'found';
  #shownId: string | null = null;
  #isClosed = false;
  /** Something was fetched since the list was drawn. */
  #isStale = false;

  constructor() {
    byId('trace-filter').addEventListener('click', (event) => this.#onFilter(event));
  }

  /** Lists what was fetched since it was last called. */
  draw(): void {
    if (this.#isStale) this.#renderList();
  }

  async refresh(): Promise<void> {
    const recent = await readTraces();
    this.#isClosed = recent === null;
    this.#recent = recent?.traces ?? [];
    this.#isStale = true;
    const [first] = this.#listed();
    if (this.#shownId === null && first !== undefined) this.#show(first);
  }

  /** Fetches the trace of an opportunity that has just opened, before the server forgets it. */
  async keep(traceId: string): Promise<void> {
    if (this.#kept.has(traceId) || this.#coming.has(traceId)) return;
    this.#coming.add(traceId);
    try {
      const trace = await readTrace(traceId);
      if (trace !== null) this.#remember(trace);
    } finally {
      this.#coming.delete(traceId);
    }
  }

  #remember(trace: TraceJson): void {
    this.#isStale = true;
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
    this.#placeItems();
  }

  #listed(): readonly TraceJson[] {
    const recentIds = new Set(this.#recent.map(({ traceId }) => traceId));
    const kept = [...this.#kept.values()].filter(({ traceId }) => !recentIds.has(traceId));
    return [...this.#recent, ...kept]
      .filter((trace) => matches(trace, this.#filter))
      .sort((a, b) => b.startedAtMs - a.startedAtMs)
      .slice(0, MAX_LISTED_COUNT);
  }

  /** Items are kept while they are listed, and stay where they are while somebody is about to choose one. */
  #renderList(): void {
    this.#isStale = this.#items.size > 0 && this.#hold.isHeld();
    if (this.#isStale) this.#updateItems();
    else this.#placeItems();
  }

  #updateItems(): void {
    for (const trace of [...this.#recent, ...this.#kept.values()]) {
      this.#items.get(trace.traceId)?.update(trace, trace.traceId === this.#shownId);
    }
  }

  #placeItems(): void {
    const list = byId('trace-list');
    const listed = this.#listed();
    const ids = new Set(listed.map(({ traceId }) => traceId));
    for (const id of this.#items.keys()) if (!ids.has(id)) this.#items.delete(id);
    const nodes = listed.map((trace) => this.#itemOf(trace).node);
    if (nodes.length === 0) list.replaceChildren(createEmpty(this.#isClosed, this.#filter));
    else placeChildren(list, nodes);
  }

  #itemOf(trace: TraceJson): TraceItem {
    const item = this.#items.get(trace.traceId) ?? createTraceItem((shown) => this.#show(shown));
    this.#items.set(trace.traceId, item);
    item.update(trace, trace.traceId === this.#shownId);
    return item;
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

function createEmpty(isClosed: boolean, filter: Filter): HTMLLIElement {
  return element('li', { class: 'empty' }, isClosed ? CLOSED_TEXT : EMPTY_TEXTS[filter]);
}

function matches(trace: TraceJson, filter: Filter): boolean {
  if (filter === 'all') return true;
  return filter === 'errors' ? trace.hasError : countOpened(trace) > 0;
}
