/** A trace as a waterfall: a bar for each span, its attributes when it is opened. */

import type { TraceJson } from './api.ts';
import { element } from './dom.ts';
import { formatDuration, formatTime } from './format.ts';
import { type SpanJson, toSpanFamily, toWaterfall, type WaterfallRow } from './waterfall.ts';

/** More bars than anyone follows. */
const MAX_ROWS_COUNT = 200;
const SCALE_STEPS_COUNT = 4;

/** @param node - the part of the shell that shows it. */
export function renderWaterfall(node: HTMLElement, trace: TraceJson): void {
  const { rows, durationMs } = toWaterfall(trace);
  const list = element('ol', { class: 'spans' }, ...rows.slice(0, MAX_ROWS_COUNT).map(createRow));
  node.hidden = false;
  node.replaceChildren(createHead(trace), createScale(durationMs), list);
  const more = rows.length - MAX_ROWS_COUNT;
  if (more > 0)
    node.append(element('p', { class: 'leg-note' }, `${more} more spans are not drawn.`));
}

function createHead({ traceId, spansCount, startedAtMs, durationMs }: TraceJson): HTMLElement {
  const spans = spansCount === 1 ? '1 span' : `${spansCount} spans`;
  return element(
    'p',
    { class: 'trace-facts' },
    `${formatTime(startedAtMs)} · ${formatDuration(durationMs)} · ${spans} · `,
    element(
      'a',
      { title: 'This trace as JSON', attributes: { href: `/api/traces/${traceId}` } },
      traceId,
    ),
  );
}

function createScale(durationMs: number): HTMLElement {
  const marks = Array.from({ length: SCALE_STEPS_COUNT + 1 }, (_, step) =>
    element('span', {}, formatDuration((durationMs * step) / SCALE_STEPS_COUNT)),
  );
  return element('div', { class: 'scale', attributes: { 'aria-hidden': 'true' } }, ...marks);
}

function createRow({ span, depth, startRatio, lengthRatio }: WaterfallRow): HTMLLIElement {
  const bar = element('span', {
    class: 'span-bar',
    attributes: { 'data-family': toSpanFamily(span) },
  });
  bar.style.setProperty('--start', String(startRatio));
  bar.style.setProperty('--length', String(lengthRatio));
  const name = element('span', { class: 'span-name' }, toLabel(span));
  name.style.setProperty('--depth', String(Math.min(depth, 8)));
  const details = element(
    'details',
    {},
    element(
      'summary',
      { class: 'span-row' },
      name,
      element('span', { class: 'span-track', attributes: { 'aria-hidden': 'true' } }, bar),
      element('span', { class: 'span-time' }, formatDuration(span.durationMs)),
    ),
  );
  // Attributes are drawn when they are asked for: a long trace has thousands.
  details.addEventListener('toggle', () => details.append(createDetails(span)), { once: true });
  return element('li', {}, details);
}

/** The name, with what tells apart spans of one name. */
function toLabel({ name, attributes }: SpanJson): string {
  const subject = attributes['crypto.symbol'] ?? attributes['exchange.name'];
  return typeof subject === 'string' && subject !== '' ? `${name} · ${subject}` : name;
}

function createDetails(span: SpanJson): HTMLElement {
  const { kind, status, statusMessage, spanId } = span;
  const own = [
    ['kind', kind],
    ['status', statusMessage === null ? status : `${status}: ${statusMessage}`],
    ['span id', spanId],
  ] as const;
  return element(
    'div',
    { class: 'span-details' },
    createPairs([...own, ...toEntries(span.attributes)]),
    ...span.events.map((event) =>
      element(
        'div',
        { class: 'span-event' },
        element('p', {}, `${event.name} at +${formatDuration(event.atMs - span.startedAtMs)}`),
        createPairs(toEntries(event.attributes)),
      ),
    ),
  );
}

function toEntries(attributes: SpanJson['attributes']): readonly (readonly [string, string])[] {
  return Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

function createPairs(entries: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'pairs' },
    ...entries.map(([key, value]) =>
      element('div', {}, element('dt', {}, key), element('dd', {}, value)),
    ),
  );
}
