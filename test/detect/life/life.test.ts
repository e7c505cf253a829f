import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isGhost, LIFE_HORIZONS_MS } from '../../../src/detect/life/life.ts';
import { createLifeBook } from '../../../src/detect/life/life-book.ts';
import type { CloseReason, Opportunity, OpportunityEdge } from '../../../src/domain/opportunity.ts';
import { sampleOpportunity } from '../../store/sample-opportunity.ts';

const T = 1_700_000_000_000;

interface Change {
  readonly atMs: number;
  readonly edgeBps: number;
  readonly size?: number;
}

/** Opens at 0 ms, changes as given, closes; times from the opening on. */
function live(
  changes: readonly Change[],
  closedAtMs: number,
  closeReason: CloseReason = 'edge_below_threshold',
) {
  const book = createLifeBook();
  const template = sampleOpportunity({ id: 'a', openedAtMs: T });
  const toEdge = ({ atMs, edgeBps, size = 1 }: Change): OpportunityEdge => ({
    ...template.first,
    atMs: T + atMs,
    edgeBps,
    sizeInBase: String(size),
  });
  const [opening, ...others] = changes.map(toEdge);
  if (opening === undefined) throw new RangeError('expected a first change');
  const first = { ...template, first: opening, last: opening, peak: opening };
  let newest: Opportunity = book.follow({ type: 'opened', opportunity: first }).opportunity;
  for (const last of others) {
    newest = book.follow({ type: 'updated', opportunity: { ...first, last } }).opportunity;
  }
  const open = book.describe(first).life;
  const closed = sampleOpportunity({
    id: 'a',
    openedAtMs: T,
    closedAtMs: T + closedAtMs,
    closeReason,
  });
  const ended = { ...closed, first: opening, last: newest.last };
  const { life } = book.follow({ type: 'closed', opportunity: ended }).opportunity;
  if (life === undefined) throw new Error('expected a life');
  expect(book.describe(first)).toBe(first);
  return { life, open, there: life.survival.map(({ isThere }) => isThere) };
}

describe('the life of an opportunity', () => {
  test('says at each moment whether it was still there: up to its end, that not included', () => {
    const opening = { atMs: 0, edgeBps: 5 };
    expect(live([opening], 50).there).toEqual([false, false, false, false, false]);
    expect(live([opening], 51).there).toEqual([true, false, false, false, false]);
    expect(live([opening], 1_000).there).toEqual([true, true, true, true, false]);
    expect(live([opening], 1_001).there).toEqual([true, true, true, true, true]);
  });

  test('counts it only at its first size or more', () => {
    const changes = [
      { atMs: 0, edgeBps: 5, size: 2 },
      { atMs: 80, edgeBps: 5, size: 1.9 },
      { atMs: 250, edgeBps: 5, size: 2 },
      { atMs: 300, edgeBps: 5, size: 3 },
    ];
    expect(live(changes, 600).there).toEqual([true, false, true, true, false]);
  });

  test('does not claim to know what came after the data ended', () => {
    for (const reason of ['quote_stale', 'exchange_down', 'feed_ended', 'shutdown'] as const) {
      expect(live([{ atMs: 0, edgeBps: 5 }], 120, reason).there).toEqual([
        true,
        true,
        null,
        null,
        null,
      ]);
    }
  });

  test('is a ghost when it was gone after 50 ms', () => {
    const ghostOf = (closedAtMs: number, reason?: CloseReason) =>
      isGhost(live([{ atMs: 0, edgeBps: 5 }], closedAtMs, reason).life);
    expect([ghostOf(50), ghostOf(51), ghostOf(50, 'shutdown')]).toEqual([true, false, null]);
  });

  test('has the area under its edge', () => {
    const changes = [
      { atMs: 0, edgeBps: 10 },
      { atMs: 500, edgeBps: 4 },
      { atMs: 1_500, edgeBps: 2 },
    ];
    const { life, open } = live(changes, 3_500);
    expect(open?.edgeBpsSeconds).toBe(5 + 4);
    expect(life.edgeBpsSeconds).toBe(5 + 4 + 4);
    expect(life.survival.map(({ afterMs }) => afterMs)).toEqual([...LIFE_HORIZONS_MS]);
  });

  test('never comes back at its full size when that never grew again', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 500 }), (gaps, lastGapMs) => {
        let atMs = 0;
        const changes = gaps.map((gapMs, index) => {
          atMs += gapMs;
          return { atMs, edgeBps: 1, size: 100 - index - 1 };
        });
        const { there, life } = live(
          [{ atMs: 0, edgeBps: 1, size: 100 }, ...changes],
          atMs + lastGapMs,
        );
        const firstGone = there.indexOf(false);
        if (firstGone >= 0) expect(there.slice(firstGone)).not.toContain(true);
        expect(life.edgeBpsSeconds).toBeCloseTo((atMs + lastGapMs) / 1_000, 9);
      }),
    );
  });
});
