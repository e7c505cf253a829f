/**
 * The table of opportunities: a row for each, kept while it is shown; open ones first, then those just closed. Rows stay
 * where they are while somebody is about to choose one.
 */

import type { OpportunityJson } from './api.ts';
import { byId, element, placeChildren, setText } from './dom.ts';
import {
  formatAge,
  formatBps,
  formatCode,
  formatDecimal,
  formatExchange,
  formatMoney,
} from './format.ts';
import { createHold, type Hold } from './hold.ts';
import type { LiveOpportunity } from './live-state.ts';
import { createSparkline } from './sparkline.ts';

/** More open rows than anyone reads. */
const MAX_OPEN_COUNT = 40;
/** Closed ones fill the table up to this, so that it does not grow and shrink all the time. */
const USUAL_ROWS_COUNT = 12;
/** So long a new row stands out. */
const FRESH_MS = 1_000;

interface Row {
  readonly node: HTMLTableRowElement;
  update(live: LiveOpportunity): void;
  updateAge(nowMs: number): void;
}

type Choose = (opportunity: OpportunityJson) => void;

export class OpportunitiesView {
  readonly #rows = new Map<string, Row>();
  readonly #choose: Choose;
  readonly #hold: Hold;
  #chosenId: string | null = null;

  constructor(choose: Choose) {
    this.#choose = choose;
    this.#hold = createHold(byId('open-rows'));
  }

  /** @param open - newest opened first. @param closed - last closed first. */
  render(
    open: readonly LiveOpportunity[],
    closed: readonly LiveOpportunity[],
    nowMs: number,
  ): void {
    const isHeld = this.#rows.size > 0 && this.#hold.isHeld();
    if (isHeld) this.#update([...open, ...closed], nowMs);
    else this.#place(open, closed, nowMs);
    byId('open-table').hidden = this.#rows.size === 0;
    setText(byId('open-count'), toCountText(open.length, isHeld));
  }

  /** Shows what is newest, in order. */
  #place(
    open: readonly LiveOpportunity[],
    closed: readonly LiveOpportunity[],
    nowMs: number,
  ): void {
    const shownOpen = open.slice(0, MAX_OPEN_COUNT);
    const room = Math.max(0, USUAL_ROWS_COUNT - shownOpen.length);
    const shown = [...shownOpen, ...closed.slice(0, room)];
    this.#forgetOthers(shown);
    placeChildren(
      byId('open-rows'),
      shown.map(({ opportunity }) => this.#rowOf(opportunity).node),
    );
    this.#update(shown, nowMs);
  }

  /** Brings the rows that are there up to date. */
  #update(lives: readonly LiveOpportunity[], nowMs: number): void {
    for (const live of lives) this.#rows.get(live.opportunity.id)?.update(live);
    for (const row of this.#rows.values()) row.updateAge(nowMs);
  }

  /** Marks the row whose opportunity is looked at. */
  mark(id: string | null): void {
    this.#chosenId = id;
    for (const [rowId, { node }] of this.#rows) {
      node.classList.toggle('is-chosen', rowId === id);
    }
  }

  #forgetOthers(shown: readonly LiveOpportunity[]): void {
    const ids = new Set(shown.map(({ opportunity }) => opportunity.id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
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

function toCountText(openCount: number, isHeld: boolean): string {
  if (isHeld) return `${openCount} open, rows held while you choose`;
  return openCount > MAX_OPEN_COUNT
    ? `newest ${MAX_OPEN_COUNT} of ${openCount}`
    : `${openCount} open`;
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
  const updateAge = (nowMs: number) => {
    setText(age, toLifeText(opportunity, nowMs));
    node.classList.toggle('is-fresh', nowMs - opportunity.openedAtMs < FRESH_MS);
  };
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
