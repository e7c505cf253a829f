import { describe, expect, test } from 'bun:test';
import { type SpanJson, toSpanFamily, toWaterfall } from '../../../src/web/page/waterfall.ts';

function createSpan(
  spanId: string,
  parentSpanId: string | null,
  from: number,
  to: number,
): SpanJson {
  return {
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'internal',
    startedAtMs: from,
    durationMs: to - from,
    status: 'unset',
    statusMessage: null,
    attributes: {},
    events: [],
    links: [],
  };
}

describe('a waterfall', () => {
  test('places parents before their children and siblings by start', () => {
    const spans = [
      createSpan('late', 'root', 60, 90),
      createSpan('leaf', 'early', 20, 30),
      createSpan('root', null, 0, 100),
      createSpan('early', 'root', 10, 50),
    ];
    const { rows, durationMs, startedAtMs } = toWaterfall({ spans });
    expect(rows.map(({ span, depth }) => [span.name, depth])).toEqual([
      ['root', 0],
      ['early', 1],
      ['leaf', 2],
      ['late', 1],
    ]);
    expect([startedAtMs, durationMs]).toEqual([0, 100]);
    expect(rows[1]).toMatchObject({ startRatio: 0.1, lengthRatio: 0.4 });
  });

  test('takes a span whose parent is elsewhere for a root', () => {
    const spans = [createSpan('a', 'elsewhere', 5, 6), createSpan('b', 'a', 5, 6)];
    expect(toWaterfall({ spans }).rows.map(({ depth }) => depth)).toEqual([0, 1]);
  });

  test('spans the latest end, even of a child that outlives its parent', () => {
    const spans = [createSpan('a', null, 0, 10), createSpan('b', 'a', 5, 40)];
    expect(toWaterfall({ spans }).durationMs).toBe(40);
  });

  test('keeps ratios finite for a trace without length', () => {
    const [row] = toWaterfall({ spans: [createSpan('a', null, 7, 7)] }).rows;
    expect(row).toMatchObject({ startRatio: 0, lengthRatio: 0 });
  });

  test('colours spans by what they do; an error first', () => {
    const span = createSpan('a', null, 0, 1);
    expect(toSpanFamily(span)).toBe('detect');
    expect(toSpanFamily({ ...span, kind: 'server' })).toBe('request');
    expect(toSpanFamily({ ...span, name: 'exchange.call', kind: 'client' })).toBe('exchange');
    expect(toSpanFamily({ ...span, attributes: { 'db.system.name': 'postgresql' } })).toBe('data');
    expect(toSpanFamily({ ...span, kind: 'server', status: 'error' })).toBe('error');
  });
});
