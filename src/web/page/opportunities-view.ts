/** The table of open opportunities: a row per opportunity, kept while it lives, and the list of those just closed. */

import type { OpportunityJson } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { formatAge, formatBps, formatCode, formatDecimal, formatMoney } from './format.ts';
import type { LiveOpportunity } from './live-state.ts';
import { createSparkline } from './sparkline.ts';

/** More rows than anyone reads. */
const MAX_ROWS_COUNT = 40;

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

  /** @param open - newest opened first. */
  render(open: readonly LiveOpportunity[], nowMs: number): void {
    const shown = open.slice(0, MAX_ROWS_COUNT);
    this.#removeOthers(shown);
    const body = byId('open-rows');
    shown.forEach((live, index) => {
      const row = this.#rowOf(live.opportunity);
      row.update(live);
      row.updateAge(nowMs);
      if (body.children[index] !== row.node)
        body.insertBefore(row.node, body.children[index] ?? null);
    });
    byId('open-table').hidden = shown.length === 0;
    byId('open-empty').hidden = shown.length > 0;
    const hidden = open.length - shown.length;
    setText(byId('open-count'), hidden > 0 ? `${open.length}, newest ${shown.length} shown` : '');
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
    const { last, peak } = opportunity;
    setText(edge, formatBps(last.edgeBps));
    edge.title = `Gross ${formatBps(last.grossBps)} bps, at most ${formatBps(peak.edgeBps)} bps net`;
    setExact(size, last.sizeInBase, formatDecimal(last.sizeInBase, 5));
    setExact(profit, last.profitInQuote, formatMoney(last.profitInQuote));
    sparkline.update(live.edgesBps);
  };
  const updateAge = (nowMs: number) => setText(age, formatAge(nowMs - opportunity.openedAtMs));
  return { node, update, updateAge };
}

/** Two exchanges with an arrow that is read as "then sell on". */
export function createRoute({ buyExchange, sellExchange }: OpportunityJson): HTMLElement {
  return element(
    'span',
    { class: 'route-pair' },
    element('span', {}, buyExchange),
    element('span', { class: 'arrow', attributes: { role: 'img', 'aria-label': 'to' } }, '→'),
    element('span', {}, sellExchange),
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

/** @param closed - last closed first. */
export function renderClosed(closed: readonly OpportunityJson[], choose: Choose): void {
  byId('closed-empty').hidden = closed.length > 0;
  byId('closed-rows').replaceChildren(...closed.map((each) => createClosed(each, choose)));
}

function createClosed(opportunity: OpportunityJson, choose: Choose): HTMLLIElement {
  const { symbol, openedAtMs, updatedAtMs, closeReason, peak } = opportunity;
  const label = element('span', { class: 'closed-symbol' }, symbol);
  const lived = formatAge(updatedAtMs - openedAtMs);
  const reason = `${formatCode(closeReason ?? '')} after ${lived}`;
  const button = element(
    'button',
    { class: 'row-button', attributes: { type: 'button' }, onClick: () => choose(opportunity) },
    label,
    createRoute(opportunity),
    element('span', { class: 'closed-reason' }, reason),
    element(
      'span',
      { class: 'closed-peak', title: `Peak profit ${peak.profitInQuote} ${opportunity.quote}` },
      `peak ${formatBps(peak.edgeBps)}`,
    ),
  );
  return element('li', {}, button);
}
