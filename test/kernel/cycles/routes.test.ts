import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromAsset } from '../../../src/kernel/cycles/cycle-graph.ts';
import type { CycleGraph } from '../../../src/kernel/cycles/cycle-kernel.ts';
import { buildRoutes, type CycleRoutes } from '../../../src/kernel/cycles/routes.ts';

const graphs: fc.Arbitrary<CycleGraph> = fc
  .uniqueArray(fc.tuple(fc.nat(8), fc.nat(8)), {
    maxLength: 30,
    selector: ([a, b]) => Math.min(a, b) * 9 + Math.max(a, b),
  })
  .map((drawn) => ({
    assetsCount: 9,
    exchangesCount: 1,
    pairs: drawn.filter(([from, to]) => from !== to).map(([from, to]) => ({ from, to })),
  }));

/** Every cycle of `legs` legs as a text: the pairs in rising order. */
function listCycles(graph: CycleGraph, legs: number): readonly string[] {
  const found = new Set<string>();
  const extend = (
    start: number,
    asset: number,
    pairs: readonly number[],
    seen: readonly number[],
  ) => {
    for (const [pair, { from, to }] of graph.pairs.entries()) {
      if (pairs.includes(pair) || (from !== asset && to !== asset)) continue;
      const next = from === asset ? to : from;
      const longer = [...pairs, pair];
      if (next === start && longer.length === legs) found.add(toKey(longer));
      if (longer.length < legs && !seen.includes(next))
        extend(start, next, longer, [...seen, next]);
    }
  };
  for (let asset = 0; asset < graph.assetsCount; asset += 1) extend(asset, asset, [], [asset]);
  return [...found].sort();
}

const toKey = (pairs: readonly number[]): string => [...pairs].sort((a, b) => a - b).join();

function listSquares({ mids, diagonalStart }: CycleRoutes): readonly (readonly number[])[] {
  const squares: number[][] = [];
  for (let diagonal = 0; diagonal + 1 < diagonalStart.length; diagonal += 1) {
    const end = diagonalStart[diagonal + 1] ?? 0;
    for (let one = diagonalStart[diagonal] ?? 0; one < end; one += 1) {
      for (let other = one + 1; other < end; other += 1) {
        squares.push([
          ...mids.subarray(one * 2, one * 2 + 2),
          ...Array.from(mids.subarray(other * 2, other * 2 + 2), (step) => step ^ 1).reverse(),
        ]);
      }
    }
  }
  return squares;
}

const isClosed = (graph: CycleGraph, conversions: readonly number[]): boolean =>
  conversions.every((conversion, leg) => {
    const next = conversions[(leg + 1) % conversions.length] ?? -1;
    return fromAsset(graph, conversion ^ 1) === fromAsset(graph, next);
  });

const pairsOf = (conversions: readonly number[]): string =>
  toKey(conversions.map((conversion) => conversion >> 1));

test('every triangle and every cycle of four legs stands in the routes exactly once', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const routes = buildRoutes(graph);
      const triangles = Array.from({ length: routes.triangles.length / 3 }, (_, index) => [
        ...routes.triangles.subarray(index * 3, index * 3 + 3),
      ]);
      const squares = listSquares(routes);
      for (const route of [...triangles, ...squares]) expect(isClosed(graph, route)).toBe(true);
      expect(triangles.map(pairsOf).sort()).toEqual([...listCycles(graph, 3)]);
      expect(squares.map(pairsOf).sort()).toEqual([...listCycles(graph, 4)]);
    }),
    { seed: 20_261_140, numRuns: 120 },
  );
});

test('every pair knows its triangles and its mids', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const routes = buildRoutes(graph);
      for (const pair of graph.pairs.keys()) {
        const from = routes.pairTriangleStart[pair] ?? 0;
        const to = routes.pairTriangleStart[pair + 1] ?? 0;
        const own = Array.from({ length: to - from }, (_, index) => [
          pair * 2,
          ...routes.pairTriangles.subarray((from + index) * 2, (from + index) * 2 + 2),
        ]);
        for (const triangle of own) expect(isClosed(graph, triangle)).toBe(true);
        const through = listCycles(graph, 3).filter((key) => key.split(',').includes(String(pair)));
        expect(own.map(pairsOf).sort()).toEqual(through);
        const mids = routes.pairMids.subarray(
          routes.pairMidStart[pair] ?? 0,
          routes.pairMidStart[pair + 1] ?? 0,
        );
        const passing = [...routes.midDiagonal.keys()].filter((mid) =>
          [...routes.mids.subarray(mid * 2, mid * 2 + 2)].some((step) => step >> 1 === pair),
        );
        expect([...mids].sort((a, b) => a - b)).toEqual(passing);
      }
    }),
    { seed: 20_261_141, numRuns: 80 },
  );
});
