/** One line of the list of traces: kept while it is listed, so that it can be pressed while others come. */

import type { TraceJson } from './api.ts';
import { element, setText } from './dom.ts';
import { formatDuration, formatTime } from './format.ts';

export interface TraceItem {
  readonly node: HTMLLIElement;
  update(trace: TraceJson, isShown: boolean): void;
}

/** @param show - called with the trace that it last showed, when it is pressed. */
export function createTraceItem(show: (trace: TraceJson) => void): TraceItem {
  let trace: TraceJson | null = null;
  const name = element('span', { class: 'trace-name' });
  const note = element('span', { class: 'trace-note' });
  const time = element('span', { class: 'trace-time' });
  const onClick = () => {
    if (trace !== null) show(trace);
  };
  const attributes = { type: 'button' };
  const button = element(
    'button',
    { class: 'row-button trace-item', attributes, onClick },
    ...[name, note, time],
  );
  const update = (newer: TraceJson, isShown: boolean) => {
    button.setAttribute('aria-pressed', String(isShown));
    if (newer === trace) return;
    trace = newer;
    button.dataset.trace = trace.traceId;
    button.dataset.error = String(trace.hasError);
    name.title = trace.rootName;
    setText(name, toTitle(trace));
    setText(note, toNote(trace));
    setText(time, formatDuration(trace.durationMs));
  };
  return { node: element('li', {}, button), update };
}

/** Asked of every remembered trace whenever one is added. */
const openedCounts = new WeakMap<TraceJson, number>();

/** Opportunities that its spans opened. */
export function countOpened(trace: TraceJson): number {
  const known = openedCounts.get(trace);
  if (known !== undefined) return known;
  const counts = trace.spans.map(
    ({ attributes }) => attributes['arbitrage.opportunities_opened_count'],
  );
  const sum = counts.reduce<number>(
    (all, count) => all + (typeof count === 'number' ? count : 0),
    0,
  );
  openedCounts.set(trace, sum);
  return sum;
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
