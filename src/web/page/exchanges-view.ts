/** Exchanges with their state, and the reason when it is not good. */

import type { Exchanges } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { formatAge, formatCount, formatDuration, formatExchange } from './format.ts';

type Exchange = Exchanges['exchanges'][number];

/** Worst first. */
const STATES: readonly Exchange['state'][] = ['down', 'closed', 'degraded', 'connecting', 'live'];

/** Those in trouble first, then by name. */
export function renderExchanges({ exchanges, atMs }: Exchanges): void {
  const liveCount = exchanges.filter(({ state }) => state === 'live').length;
  setText(byId('exchanges-count'), `${liveCount} of ${exchanges.length} live`);
  const sorted = [...exchanges].sort(
    (a, b) =>
      STATES.indexOf(a.state) - STATES.indexOf(b.state) || a.exchange.localeCompare(b.exchange),
  );
  byId('exchanges').replaceChildren(...sorted.map((exchange) => createItem(exchange, atMs)));
}

function createItem(exchange: Exchange, atMs: number): HTMLLIElement {
  const { state, reason, retryAtMs } = exchange;
  const retry =
    retryAtMs === null ? '' : ` Next try in ${formatAge(Math.max(0, retryAtMs - atMs))}.`;
  return element(
    'li',
    { attributes: { 'data-state': state } },
    element('span', { class: 'dot', attributes: { 'aria-hidden': 'true' } }),
    element(
      'span',
      { class: 'exchange-name', title: exchange.exchange },
      formatExchange(exchange.exchange),
    ),
    element('span', { class: 'exchange-state' }, toStateText(exchange)),
    element(
      'span',
      { class: 'exchange-facts', title: 'Last update, last round trip' },
      toFacts(exchange, atMs),
    ),
    reason === null
      ? null
      : element('span', { class: 'exchange-reason' }, `${reason.message}${retry}`),
  );
}

/** The banner says it of synthetic ones. */
function toStateText({ state, transport }: Exchange): string {
  return transport === 'synthetic' ? state : `${transport} · ${state}`;
}

function toFacts(exchange: Exchange, atMs: number): string {
  const { marketsCount, updatesCount, lastUpdateAtMs, roundTripMs } = exchange;
  const facts = [
    `${formatCount(marketsCount)} markets`,
    `${formatCount(updatesCount)} updates`,
    lastUpdateAtMs === null ? null : `${formatAge(atMs - lastUpdateAtMs)} ago`,
    roundTripMs === null ? null : formatDuration(roundTripMs),
  ];
  return facts.filter((fact) => fact !== null).join(' · ');
}
