import { expect, test } from 'bun:test';
import type { ScreenParams } from '../../src/kernel/kernel.ts';
import { applyRows, describeKernels, readHits, screen } from '../support/kernels.ts';

const quote = (exchange: number, bid: number, ask: number, timeMs = 0) => ({
  symbol: 0,
  exchange,
  bid,
  ask,
  timeMs,
});

describeKernels('screening', (create) => {
  test('an empty kernel has no hits, not even below zero', () => {
    expect(screen(create(), { minEdgeRatio: -1 })).toEqual([]);
  });

  test('one exchange alone is never a hit', () => {
    const kernel = create();
    applyRows(kernel, [quote(1, 99, 100)]);
    expect(screen(kernel, { minEdgeRatio: -1 })).toEqual([]);
  });

  test('the best bid and the best ask of two exchanges are a hit with both exchanges', () => {
    const kernel = create({ exchangesCount: 9 });
    applyRows(kernel, [
      quote(0, 98, 101),
      quote(8, 99, 100),
      quote(5, 103, 104),
      quote(3, 102, 104),
    ]);
    expect(screen(kernel)).toEqual([[0, 8, 5, 103 / 100 - 1]]);
  });

  test('the threshold itself is not above the threshold', () => {
    const kernel = create();
    applyRows(kernel, [quote(0, 99, 100), quote(1, 102, 103)]);
    const edge = 102 / 100 - 1;
    expect(screen(kernel, { minEdgeRatio: edge })).toEqual([]);
    expect(screen(kernel, { minEdgeRatio: edge - 1e-15 })).toHaveLength(1);
  });

  test('equal prices on both exchanges are no profit', () => {
    const kernel = create();
    applyRows(kernel, [quote(0, 99, 100), quote(1, 100, 101)]);
    expect(screen(kernel)).toEqual([]);
  });

  test('of equal prices the exchange with the lowest index is taken', () => {
    const kernel = create({ exchangesCount: 6 });
    applyRows(kernel, [
      quote(4, 99, 100),
      quote(1, 99, 100),
      quote(5, 102, 103),
      quote(2, 102, 103),
    ]);
    expect(screen(kernel)).toEqual([[0, 1, 2, 102 / 100 - 1]]);
  });

  test('an exchange that is best on both sides, by a rebate, is paired with the second best', () => {
    const kernel = create();
    kernel.setTakerRatio(0, 0, -0.5);
    applyRows(kernel, [quote(0, 100, 101), quote(1, 90, 95), quote(2, 80, 85)]);
    const buyHere = 90 / (101 * 0.5) - 1;
    const sellHere = (100 * 1.5) / 85 - 1;
    expect(buyHere).toBeGreaterThan(sellHere);
    expect(screen(kernel)).toEqual([[0, 0, 1, buyHere]]);
    applyRows(kernel, [quote(2, 60, 65)]);
    expect(screen(kernel)).toEqual([[0, 2, 0, (100 * 1.5) / 65 - 1]]);
  });

  test('an exchange that is best on both sides and alone is no hit', () => {
    const kernel = create();
    kernel.setTakerRatio(0, 0, -0.5);
    applyRows(kernel, [quote(0, 100, 101)]);
    expect(screen(kernel, { minEdgeRatio: -1 })).toEqual([]);
  });

  test('the oldest and the most future quote accepted, the next refused', () => {
    const kernel = create();
    applyRows(kernel, [quote(0, 99, 100, 1000), quote(1, 102, 103, 1000)]);
    const at = (nowMs: number) => screen(kernel, { nowMs, maxAgeMs: 50, maxFutureMs: 10 }).length;
    expect(at(1050)).toBe(1);
    expect(at(1051)).toBe(0);
    expect(at(990)).toBe(1);
    expect(at(989)).toBe(0);
    expect(at(1000)).toBe(1);
  });

  test('a stale quote is passed over for the next best fresh one', () => {
    const kernel = create({ exchangesCount: 7 });
    applyRows(kernel, [quote(0, 99, 100, 0), quote(6, 98, 101, 100), quote(3, 105, 106, 100)]);
    const fresh = { nowMs: 100, maxAgeMs: 99, maxFutureMs: 0 };
    expect(screen(kernel, fresh)).toEqual([[0, 6, 3, 105 / 101 - 1]]);
    expect(screen(kernel, { ...fresh, maxAgeMs: 100 })).toEqual([[0, 0, 3, 105 / 100 - 1]]);
  });

  test('a row whose stale quote was replaced or removed is fresh again', () => {
    const kernel = create();
    const fresh = { nowMs: 1000, maxAgeMs: 10, maxFutureMs: 0 };
    applyRows(kernel, [quote(0, 99, 100, 0), quote(1, 102, 103, 1000)]);
    expect(screen(kernel, fresh)).toEqual([]);
    applyRows(kernel, [quote(0, 99, 100, 995)]);
    expect(screen(kernel, fresh)).toHaveLength(1);
    expect(screen(kernel, fresh)).toHaveLength(1);
  });

  test('only dirty symbols are screened, in rising order, and once', () => {
    const kernel = create({ symbolsCount: 200 });
    for (const symbol of [150, 3, 64, 63]) {
      applyRows(kernel, [
        { symbol, exchange: 0, bid: 99, ask: 100 },
        { symbol, exchange: 1, bid: 102, ask: 103 },
      ]);
    }
    const params: ScreenParams = { nowMs: 0, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: 0 };
    const symbols = readHits(kernel, kernel.screenDirty(params)).map(([symbol]) => symbol);
    expect(symbols).toEqual([3, 63, 64, 150]);
    expect(kernel.screenDirty(params)).toBe(0);
    applyRows(kernel, [{ symbol: 64, exchange: 0, bid: 99, ask: 100 }]);
    expect(readHits(kernel, kernel.screenDirty(params))).toEqual([[64, 0, 1, 102 / 100 - 1]]);
    expect(kernel.screenAll(params)).toBe(4);
  });

  test('work is counted until it is reset', () => {
    const kernel = create();
    applyRows(kernel, [quote(0, 99, 100), quote(1, 102, 103)]);
    screen(kernel);
    screen(kernel);
    const work = kernel.readWork();
    expect(work.quotesAppliedCount).toBe(2);
    expect(work.symbolsScreenedCount).toBe(2);
    expect(work.exchangesComparedCount).toBe(4);
    expect(work.hitsCount).toBe(2);
    kernel.resetWork();
    expect(Object.values(kernel.readWork()).every((count) => count === 0)).toBe(true);
  });

  test('the last symbol and the last exchange of the capacity take part', () => {
    const kernel = create({ symbolsCount: 65, exchangesCount: 64 });
    applyRows(kernel, [
      { symbol: 64, exchange: 63, bid: 99, ask: 100 },
      { symbol: 64, exchange: 62, bid: 102, ask: 103 },
    ]);
    expect(screen(kernel)).toEqual([[64, 63, 62, 102 / 100 - 1]]);
  });

  test('parameters that are not as described are refused by name', () => {
    const kernel = create();
    const good: ScreenParams = { nowMs: 0, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: -1 };
    expect(kernel.screenAll(good)).toBe(0);
    expect(() => kernel.screenAll({ ...good, nowMs: Number.NaN })).toThrow('nowMs: expected');
    expect(() => kernel.screenAll({ ...good, maxAgeMs: -1 })).toThrow('maxAgeMs: expected');
    expect(() => kernel.screenDirty({ ...good, maxFutureMs: Number.NaN })).toThrow(RangeError);
    expect(() => kernel.screenPairs(0, { ...good, minEdgeRatio: -1.1 })).toThrow(RangeError);
    expect(() => kernel.screenPairs(4, good)).toThrow(RangeError);
    const text = { ...good, minEdgeRatio: '0' } as unknown as ScreenParams;
    expect(() => kernel.screenAll(text)).toThrow(TypeError);
  });
});

describeKernels('all pairs of one symbol', (create) => {
  test('come greatest edge first, equal edges by buy, then sell exchange', () => {
    const kernel = create({ exchangesCount: 4 });
    applyRows(kernel, [
      quote(0, 99, 100),
      quote(1, 99, 100),
      quote(2, 102, 103),
      quote(3, 102, 103),
    ]);
    const count = kernel.screenPairs(0, { nowMs: 0, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: 0 });
    const edge = 102 / 100 - 1;
    expect(readHits(kernel, count)).toEqual([
      [0, 0, 2, edge],
      [0, 0, 3, edge],
      [0, 1, 2, edge],
      [0, 1, 3, edge],
    ]);
  });

  test('hold every ordered pair of fresh exchanges at a threshold of −1', () => {
    const kernel = create({ exchangesCount: 64 });
    const rows = Array.from({ length: 64 }, (_, index) => quote(index, 100 + index, 200 + index));
    applyRows(kernel, rows);
    const all = { nowMs: 0, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: -1 };
    const hits = readHits(kernel, kernel.screenPairs(0, all));
    expect(hits).toHaveLength(64 * 63);
    expect(hits[0]).toEqual([0, 0, 63, 163 / 200 - 1]);
    const edges = hits.map((hit) => hit[3]);
    expect(edges).toEqual(edges.toSorted((a, b) => b - a));
  });

  test('leave out stale and broken quotes', () => {
    const kernel = create();
    applyRows(kernel, [quote(0, 99, 100, 0), quote(1, 102, 103, 5), quote(2, 103, 103, 5)]);
    const params = { nowMs: 5, maxAgeMs: 4, maxFutureMs: 0, minEdgeRatio: -1 };
    expect(kernel.screenPairs(0, params)).toBe(0);
    expect(kernel.screenPairs(0, { ...params, maxAgeMs: 5 })).toBe(2);
  });
});
