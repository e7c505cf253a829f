/** The pairs that lack least, each with what it lacks in one sentence. */

import type { ExplanationJson } from './api.ts';
import { byId, element } from './dom.ts';
import { formatBps, formatExchange } from './format.ts';

type NearMiss = ExplanationJson['nearMisses'][number];

export function renderNearMisses(misses: readonly NearMiss[]): void {
  byId('nearest-part').hidden = misses.length === 0;
  byId('nearest').replaceChildren(...misses.map(createItem));
}

function createItem(miss: NearMiss): HTMLLIElement {
  const { symbol, buyExchange, sellExchange, edgeBps, sentence } = miss;
  return element(
    'li',
    {},
    element('span', { class: 'nearest-symbol' }, symbol),
    element(
      'span',
      { class: 'nearest-route' },
      `${formatExchange(buyExchange)} → ${formatExchange(sellExchange)}`,
    ),
    element(
      'span',
      { class: edgeBps > 0 ? 'bps is-gain' : 'bps', title: 'Edge at best prices after both fees' },
      formatBps(edgeBps),
    ),
    element('span', { class: 'nearest-why' }, sentence),
  );
}
