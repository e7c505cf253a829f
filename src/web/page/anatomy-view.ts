/** One opportunity taken apart: its orders, their costs, and what is left. */

import type { OpportunityJson } from './api.ts';
import { element } from './dom.ts';
import {
  formatBps,
  formatCode,
  formatDecimal,
  formatDuration,
  formatExchange,
  formatMoney,
  formatTime,
} from './format.ts';
import { createModes } from './modes-view.ts';

/** @param node - the part of the shell that shows it. */
export function renderAnatomy(node: HTMLElement, opportunity: OpportunityJson): void {
  const { symbol, last, peak, state } = opportunity;
  node.hidden = false;
  node.replaceChildren(
    element(
      'h3',
      {},
      symbol,
      element(
        'span',
        { class: 'badge', attributes: { 'data-state': state } },
        toStateText(opportunity),
      ),
    ),
    element('div', { class: 'legs' }, ...opportunity.legs.map(createLeg)),
    element(
      'dl',
      { class: 'sums' },
      ...fact('Paid', formatMoney(last.costInQuote), last.costInQuote, opportunity.quote),
      ...fact(
        'Received',
        formatMoney(last.proceedsInQuote),
        last.proceedsInQuote,
        opportunity.quote,
      ),
      ...fact('Profit', formatMoney(last.profitInQuote), last.profitInQuote, opportunity.quote),
      ...fact('Edge', formatBps(last.edgeBps), String(last.edgeBps), 'bps'),
      ...fact('Gross', formatBps(last.grossBps), String(last.grossBps), 'bps'),
      ...fact(
        'Peak profit',
        formatMoney(peak.profitInQuote),
        peak.profitInQuote,
        opportunity.quote,
      ),
    ),
    element('dl', { class: 'sums' }, ...createCosts(opportunity)),
    ...createModes(opportunity),
    ...createCompetition(opportunity),
  );
}

/** From the gross spread to the net profit; steps that cost nothing are left out. */
function createCosts({ last, quote }: OpportunityJson): readonly HTMLElement[] {
  const steps = last.waterfall?.steps ?? [];
  return steps
    .filter(({ amountInQuote }) => amountInQuote !== '0')
    .flatMap(({ code, exchange, symbol, amountInQuote, bps }) => {
      const of = symbol === undefined ? '' : ` of ${symbol}`;
      const place = exchange === null ? '' : `${of} on ${formatExchange(exchange)}`;
      const label = `${formatCode(code)}${place}, ${formatBps(bps)} bps`;
      return fact(label, formatMoney(amountInQuote), amountInQuote, quote);
    });
}

/** Nothing when it can be had together with all others. */
function createCompetition({ competition }: OpportunityJson): readonly HTMLElement[] {
  if (competition === undefined || !competition.exclusive) return [];
  const { competitorsCount, competesWith } = competition;
  const others = competitorsCount === 1 ? '1 other' : `${competitorsCount} others`;
  return [
    element(
      'p',
      { class: 'leg-note', title: competesWith.join('\n') },
      `Competes with ${others} for the same liquidity: not all of them can be taken at full size.`,
    ),
  ];
}

function toStateText({ state, openedAtMs, closeReason }: OpportunityJson): string {
  const since = `since ${formatTime(openedAtMs)}`;
  return state === 'open' ? `open ${since}` : `closed: ${formatCode(closeReason ?? '')}`;
}

/** How what it gives gets there, of a cycle whose legs are far apart. */
function createArrival({ arrivesBy }: OpportunityJson['legs'][number]): readonly HTMLElement[] {
  if (arrivesBy === undefined) return [];
  const { asset, fromExchange, network, feeInAsset, transferMs } = arrivesBy;
  const text = `${asset} comes from ${formatExchange(fromExchange)} by ${network}: fee ${feeInAsset} ${asset}, ${formatDuration(transferMs)}`;
  return [element('p', { class: 'leg-note' }, text)];
}

function createLeg(leg: OpportunityJson['legs'][number]) {
  const { base, quote } = toAssets(leg.symbol);
  const levels = leg.levelsCount === 1 ? '1 level' : `${leg.levelsCount} levels`;
  return element(
    'div',
    { class: 'leg', attributes: { 'data-side': leg.side } },
    element(
      'p',
      { class: 'leg-title' },
      `${leg.side} on `,
      element('strong', { title: leg.exchange }, formatExchange(leg.exchange)),
    ),
    element(
      'p',
      { title: `${leg.sizeInBase} ${base} at ${leg.averagePriceInQuote} ${quote}` },
      `${formatDecimal(leg.sizeInBase, 5)} ${base} at ${formatDecimal(leg.averagePriceInQuote, 8)} ${quote}`,
    ),
    element(
      'p',
      { class: 'leg-note' },
      `fee ${formatMoney(leg.feeInQuote)} ${quote} (${leg.feeBps ?? leg.takerBps} bps${leg.feeRole === 'maker' ? ', maker' : ''}) · limit ${formatDecimal(leg.limitPriceInQuote, 8)} · ${levels} · book ${Math.max(0, Math.round(leg.ageMs))} ms old`,
    ),
    ...createArrival(leg),
  );
}

/** A cycle's legs are of different symbols: each names its own assets. */
export function toAssets(symbol: string): { readonly base: string; readonly quote: string } {
  const [base = '', rest = ''] = symbol.split('/');
  return { base, quote: rest.split(':')[0] ?? '' };
}

function fact(label: string, shown: string, exact: string, unit: string): readonly HTMLElement[] {
  return [
    element(
      'div',
      {},
      element('dt', {}, label),
      element(
        'dd',
        { title: `${exact} ${unit}` },
        shown,
        element('span', { class: 'unit' }, ` ${unit}`),
      ),
    ),
  ];
}
