/** The table of opportunities: a row for each, kept while it is shown; open ones first, then those just closed. */

import type { OpportunityJson } from './api.ts';
import { byId, element, setText } from './dom.ts';
import {
  formatAge,
  formatBps,
  formatCode,
  formatDecimal,
  formatExchange,
  formatMoney,
} from './format.ts';
import type { LiveOpportunity } from './live-state.ts';
import { createSparkline } from './sparkline.ts';

/** More open rows than anyone reads. */
const MAX_OPEN_COUNT = 40;
/** Closed ones fill the table up to this, so that it does not grow and shrink all the time. */
const USUAL_ROWS_COUNT = 12;

interface Row {
  readonly node: HTMLTableRowElement;
  update(live: LiveOpportunity): void;
  updateAge(nowMs: number): void;
}

type Choose = (opportunity: OpportunityJson) => void;

export class OpportunitiesView {
  readonly #rows = new Map<string, Row>();
  readonly #choose: Choose;
  #chosenId: string | null = null;

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  /** @param open - newest opened first. @param closed - last closed first. */
  render(
    open: readonly LiveOpportunity[],
    closed: readonly LiveOpportunity[],
    nowMs: number,
  ): void {
    const shownOpen = open.slice(0, MAX_OPEN_COUNT);
    const room = Math.max(0, USUAL_ROWS_COUNT - shownOpen.length);
    const shown = [...shownOpen, ...closed.slice(0, room)];
    this.#removeOthers(shown);
    const body = byId('open-rows');
    shown.forEach((live, index) => {
      const row = this.#rowOf(live.opportunity);
      row.update(live);
      row.updateAge(nowMs);
      const there = body.children[index] ?? null;
      if (there !== row.node) body.insertBefore(row.node, there);
    });
    byId('open-table').hidden = shown.length === 0;
    setText(byId('open-count'), toCountText(open.length, shownOpen.length));
  }

  /** Marks the row whose opportunity is looked at. */
  mark(id: string | null): void {
    this.#chosenId = id;
    for (const [rowId, { node }] of this.#rows) {
      node.classList.toggle('is-chosen', rowId === id);
    }
  }

  #removeOthers(shown: readonly LiveOpportunity[]): void {
    const ids = new Set(shown.map(({ opportunity }) => opportunity.id));
    for (const [id, { node }] of this.#rows) {
      if (ids.has(id)) continue;
      node.remove();
      this.#rows.delete(id);
    }
  }

  #rowOf(opportunity: OpportunityJson): Row {
    const known = this.#rows.get(opportunity.id);
    if (known !== undefined) return known;
    const row = createRow(opportunity, this.#choose);
    row.node.classList.toggle('is-chosen', opportunity.id === this.#chosenId);
    this.#rows.set(opportunity.id, row);
    return row;
  }
}

function toCountText(openCount: number, shownCount: number): string {
  return shownCount < openCount ? `newest ${shownCount} of ${openCount}` : `${openCount} open`;
}

function createRow(first: OpportunityJson, choose: Choose): Row {
  let opportunity = first;
  const sparkline = createSparkline();
  const edge = element('span', { class: 'edge' });
  const size = element('span', {});
  const profit = element('span', {});
  const age = element('span', {});
  const button = element('button', { class: 'link', attributes: { type: 'button' } }, first.symbol);
  button.setAttribute('aria-label', `${first.symbol}: show how it was found`);
  const node = element(
    'tr',
    { onClick: () => choose(opportunity) },
    element('th', { attributes: { scope: 'row' } }, button),
    element('td', { class: 'route' }, createRoute(first)),
    cell('Edge', 'number', edge),
    cell('', 'trend', sparkline.node),
    cell('Size', 'number', size, unit(first.base)),
    cell('Profit', 'number', profit, unit(first.quote)),
    cell('Open for', 'number age', age),
  );
  const update = (live: LiveOpportunity) => {
    if (opportunity === live.opportunity && edge.textContent !== '') return;
    opportunity = live.opportunity;
    const { last, peak, state, closeReason } = opportunity;
    // What is over is shown at its best; what lives, as it is.
    const shown = state === 'open' ? last : peak;
    node.dataset.state = state;
    node.title = state === 'open' ? '' : `Closed: ${formatCode(closeReason)}`;
    setText(edge, formatBps(shown.edgeBps));
    edge.title = `Gross ${formatBps(shown.grossBps)} bps, at most ${formatBps(peak.edgeBps)} bps net`;
    setExact(size, shown.sizeInBase, formatDecimal(shown.sizeInBase, 5));
    setExact(profit, shown.profitInQuote, formatMoney(shown.profitInQuote));
    sparkline.update(live.edgesBps);
  };
  const updateAge = (nowMs: number) => setText(age, toLifeText(opportunity, nowMs));
  return { node, update, updateAge };
}

function toLifeText({ state, openedAtMs, updatedAtMs }: OpportunityJson, nowMs: number): string {
  if (state === 'open') return formatAge(nowMs - openedAtMs);
  return `closed after ${formatAge(updatedAtMs - openedAtMs)}`;
}

/** Two exchanges with an arrow that is read as "then sell on". */
export function createRoute({ buyExchange, sellExchange }: OpportunityJson): HTMLElement {
  return element(
    'span',
    { class: 'route-pair' },
    element('span', { title: buyExchange }, formatExchange(buyExchange)),
    element('span', { class: 'arrow', attributes: { role: 'img', 'aria-label': 'to' } }, '→'),
    element('span', { title: sellExchange }, formatExchange(sellExchange)),
  );
}

function cell(label: string, kind: string, ...children: readonly Node[]): HTMLTableCellElement {
  const attributes: Record<string, string> = label === '' ? {} : { 'data-label': label };
  return element('td', { class: kind, attributes }, ...children);
}

function unit(asset: string): HTMLElement {
  return element('span', { class: 'unit' }, ` ${asset}`);
}

function setExact(node: HTMLElement, exact: string, shown: string): void {
  setText(node, shown);
  if (node.title !== exact) node.title = exact;
}
