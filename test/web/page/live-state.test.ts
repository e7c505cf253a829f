import { describe, expect, test } from 'bun:test';
import type { OpportunityJson } from '../../../src/web/page/api.ts';
import { LiveState } from '../../../src/web/page/live-state.ts';
import { toSparklinePath } from '../../../src/web/page/sparkline.ts';
import { createOpportunitySample } from '../../support/opportunity-samples.ts';

function createJson(
  id: string,
  given: Partial<Parameters<typeof createOpportunitySample>[0]> = {},
) {
  const sample = createOpportunitySample({ id, openedAtMs: 1_000, ...given });
  return JSON.parse(JSON.stringify(sample)) as OpportunityJson;
}

const ids = (live: readonly { readonly opportunity: OpportunityJson }[]) =>
  live.map(({ opportunity }) => opportunity.id);

describe('the state of the page', () => {
  test('shows the newest opened first', () => {
    const state = new LiveState();
    state.apply(createJson('a', { openedAtMs: 1 }));
    state.apply(createJson('b', { openedAtMs: 3 }));
    state.apply(createJson('c', { openedAtMs: 2 }));
    expect(ids(state.open())).toEqual(['b', 'c', 'a']);
  });

  test('remembers how an edge went and ignores what is older', () => {
    const state = new LiveState();
    state.apply(createJson('a', { edgeBps: 5 }));
    state.apply(createJson('a', { edgeBps: 7, revision: 3 }));
    state.apply(createJson('a', { edgeBps: 6, revision: 2 }));
    expect(state.open()[0]?.edgesBps).toEqual([5, 5, 7]);
  });

  test('moves what closes, with its history', () => {
    const state = new LiveState();
    state.apply(createJson('a', { edgeBps: 5 }));
    state.apply(createJson('a', { edgeBps: 1, revision: 2, closedAtMs: 1_500 }));
    expect(ids(state.open())).toEqual([]);
    expect(state.closed()[0]?.edgesBps).toEqual([5, 5, 1]);
    expect(state.find('a')?.state).toBe('closed');
    expect(state.find('b')).toBeNull();
  });

  test('takes the whole of what is open after a break', () => {
    const state = new LiveState();
    state.apply(createJson('a'));
    state.apply(createJson('b'));
    state.replaceOpen([createJson('b', { revision: 4 }), createJson('c')]);
    expect(ids(state.open())).toEqual(['c', 'b']);
  });

  test('keeps the last fourteen that closed', () => {
    const state = new LiveState();
    for (let index = 1; index <= 15; index += 1) {
      state.apply(createJson(`o${index}`, { closedAtMs: 2_000 + index }));
    }
    expect(state.closed()).toHaveLength(14);
    expect(state.closed()[0]?.opportunity.id).toBe('o15');
    expect(state.find('o1')).toBeNull();
  });
});

describe('a sparkline', () => {
  test('runs from left to right, high values up', () => {
    expect(toSparklinePath([1, 3, 2])).toBe('M2.0 18.0L36.0 2.0L70.0 10.0');
  });

  test('is flat for equal values and empty for one', () => {
    expect(toSparklinePath([4, 4])).toBe('M2.0 18.0L70.0 18.0');
    expect(toSparklinePath([4])).toBe('');
  });
});
