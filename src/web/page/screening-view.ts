/** Tiles, the funnel of what is screened, and the reason in counts when nothing is found. */

import type { StatusJson } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { formatBps, formatCode, formatCount, formatExchange } from './format.ts';

const COSTS =
  'Sizes fill against both books at depth; the taker fees of both exchanges are paid. Choose one to see how it was found.';

interface Step {
  readonly label: string;
  readonly count: number;
  readonly total: number;
  readonly note: string;
}

/** @param openSymbols - of each open opportunity, as known from the stream, which is newer than `status`. */
export function renderStatus(status: StatusJson, openSymbols: readonly string[]): void {
  renderFunnel(status, openSymbols);
  setText(byId('tile-found'), formatCount(status.pipeline.openedCount));
  setText(
    byId('tile-found-note'),
    `of ${formatCount(status.pipeline.candidatesCount)} judged at depth`,
  );
  setText(byId('screening-note'), `${formatCount(status.pipeline.roundsCount)} rounds`);
}

function toSteps(
  { screening, thresholds }: StatusJson,
  openSymbols: readonly string[],
): readonly Step[] {
  const { marketsCount, usableMarketsCount, symbolsCount, comparableSymbolsCount } = screening;
  const { grossPositiveCount, netPositiveCount, aboveThresholdCount } = screening;
  const guards = Object.entries(screening.guardCounts)
    .map(([guard, count]) => `${count} ${formatCode(guard)}`)
    .join(', ');
  const symbol = (label: string, count: number, note = '') => ({
    label,
    count,
    total: symbolsCount,
    note,
  });
  return [
    { label: 'Markets usable', count: usableMarketsCount, total: marketsCount, note: guards },
    symbol('Symbols compared', comparableSymbolsCount),
    symbol('Bid above an ask elsewhere', grossPositiveCount),
    symbol('Still so after both fees', netPositiveCount),
    symbol(`Above ${thresholds.openEdgeBps} bps`, aboveThresholdCount),
    symbol('Open, confirmed at depth', new Set(openSymbols).size),
  ];
}

function renderFunnel(status: StatusJson, openSymbols: readonly string[]): void {
  byId('funnel').replaceChildren(...toSteps(status, openSymbols).map(createStep));
}

function createStep({ label, count, total, note }: Step): HTMLLIElement {
  const fill = element('span', { class: 'funnel-fill' });
  fill.style.setProperty('--share', String(total === 0 ? 0 : count / total));
  return element(
    'li',
    {},
    element('span', { class: 'funnel-label' }, label),
    element('span', { class: 'funnel-value' }, `${formatCount(count)} / ${formatCount(total)}`),
    element('span', { class: 'funnel-bar', attributes: { 'aria-hidden': 'true' } }, fill),
    note === '' ? null : element('span', { class: 'funnel-note' }, note),
  );
}

/** One sentence on what is open, or on why nothing is. */
export function renderWhy(status: StatusJson, openCount: number): void {
  setText(byId('why-title'), openCount > 0 ? 'Open now, after all costs.' : toTitle(status));
  setText(byId('why'), openCount > 0 ? COSTS : explain(status));
}

function toTitle({ pipeline }: StatusJson): string {
  if (pipeline.state === 'starting') return 'Starting: markets are being loaded…';
  if (pipeline.state === 'running') return 'Nothing survives its costs right now.';
  return `Detection has ${pipeline.state}.`;
}

/** Why there is nothing, from the first count that falls to zero. */
export function explain({ screening, thresholds }: StatusJson): string {
  const { marketsCount, usableMarketsCount, comparableSymbolsCount, nearest } = screening;
  if (marketsCount === 0) return 'No market is known yet.';
  if (usableMarketsCount === 0)
    return `${countOf(marketsCount, 'market')} known, none with a usable quote.`;
  if (comparableSymbolsCount === 0) return 'No symbol has usable quotes on two exchanges.';
  const compared = `${countOf(comparableSymbolsCount, 'symbol')} compared on ${countOf(usableMarketsCount, 'market')}.`;
  const [best] = nearest;
  const near =
    best === undefined
      ? ''
      : ` Nearest: ${best.symbol}, ${formatExchange(best.buyExchange)} to ${formatExchange(best.sellExchange)}, ${formatBps(best.netBps)} bps.`;
  if (screening.grossPositiveCount === 0)
    return `${compared} No bid stands above an ask elsewhere.${near}`;
  const gross = `${compared} In ${screening.grossPositiveCount} a bid stands above an ask elsewhere,`;
  if (screening.netPositiveCount === 0) return `${gross} and fees take all of it.${near}`;
  if (screening.aboveThresholdCount === 0) {
    return `${gross} and none clears ${thresholds.openEdgeBps} bps after fees.${near}`;
  }
  return `${gross} ${screening.aboveThresholdCount} of them above ${thresholds.openEdgeBps} bps at best prices, but none at depth.${near}`;
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${formatCount(count)} ${noun}s`;
}
