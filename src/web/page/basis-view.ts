/** What funding and basis carry: the best positions, and the nearest that carries nothing. */

import type { BasisJson } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { formatExchange, formatMoney } from './format.ts';

type Edge = BasisJson['edges'][number];
type Leg = Edge['long'];

const KINDS: Readonly<Record<Edge['kind'], string>> = {
  perpetual_spot: 'perpetual against spot',
  perpetual_perpetual: 'perpetual against perpetual',
  dated_spot: 'dated against spot',
};

/** Hidden where no contract is watched. */
export function renderBasis(basis: BasisJson): void {
  byId('basis-panel').hidden = basis.pairsCount === 0;
  if (basis.pairsCount === 0) return;
  setText(byId('basis-note'), toNote(basis));
  const rows = bestOfKinds(basis.edges).map(createRow);
  byId('basis-rows').replaceChildren(...rows);
  byId('basis-table').hidden = rows.length === 0;
  setText(byId('basis-why'), toWhy(basis));
}

/** Best first, and at least the best of each kind. */
function bestOfKinds(edges: readonly Edge[]): readonly Edge[] {
  const shown = new Set(edges.slice(0, SHOWN_COUNT));
  for (const kind of Object.keys(KINDS)) {
    const best = edges.find((edge) => edge.kind === kind);
    if (best !== undefined) shown.add(best);
  }
  return [...shown];
}

const SHOWN_COUNT = 6;

function toNote({ horizonDays, notionalInQuote }: BasisJson): string {
  return `${notionalInQuote} quote units, perpetuals held ${horizonDays} days`;
}

function toWhy({ edges, pairsCount, misses }: BasisJson): string {
  const carried = `Of ${pairsCount} directed pairs`;
  const [nearest] = misses;
  if (edges.length > 0) return '';
  return nearest === undefined
    ? `${carried} none carries anything.`
    : `${carried} none carries more than it costs. Nearest: long ${toPlace(nearest.long)}, short ${toPlace(nearest.short)}: ${nearest.sentence}.`;
}

function toPlace({ symbol, exchange }: Pick<Leg, 'symbol' | 'exchange'>): string {
  return `${symbol} on ${formatExchange(exchange)}`;
}

function createRow(edge: Edge): HTMLTableRowElement {
  const held = edge.needsHeldSpot ? ' (spot must be held)' : '';
  return element(
    'tr',
    {},
    element(
      'th',
      { attributes: { scope: 'row' } },
      `${edge.base}/${edge.quote}`,
      element('span', { class: 'carry-kind' }, `${KINDS[edge.kind]}${held}`),
    ),
    cell('Long', '', createLeg(edge.long)),
    cell('Short', '', createLeg(edge.short)),
    cell('Net a year', 'number', createYear(edge)),
    cell('Breaks even', 'number', `${edge.breakEvenDays.toFixed(1)} d`),
    cell('Profit', 'number', `${formatMoney(edge.profitInQuote)} ${edge.quote}`),
  );
}

function createYear({ annualisedNetRatio, annualisedGrossRatio }: Edge): HTMLElement {
  const title = `${toPercent(annualisedGrossRatio)} before costs, actual days over 365`;
  return element('span', { class: 'edge', title }, toPercent(annualisedNetRatio));
}

function createLeg(leg: Leg): HTMLElement {
  const rate = leg.fundingRatePerHour;
  const title =
    rate === null
      ? leg.symbol
      : `${leg.symbol}: longs pay ${toPercent(Number(rate) * 8)} in eight hours, paid every ${toHours(leg.fundingIntervalMs)}`;
  return element('span', { title }, `${leg.instrument} · ${formatExchange(leg.exchange)}`);
}

function toHours(intervalMs: number | null): string {
  return `${(intervalMs ?? 0) / 3_600_000} h`;
}

/** `+12.34 %`, with a true minus. */
export function toPercent(ratio: number): string {
  const digits = Math.abs(ratio) < 0.001 ? 4 : 2;
  return `${ratio < 0 ? '\u2212' : '+'}${Math.abs(ratio * 100).toFixed(digits)}\u202f%`;
}

function cell(label: string, kind: string, child: Node | string): HTMLTableCellElement {
  return element('td', { class: kind, attributes: { 'data-label': label } }, child);
}
