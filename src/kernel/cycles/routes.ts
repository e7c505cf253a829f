/**
 * The routes of a graph, found once: every cycle of three and four legs, in a form in which all of them are priced
 * without visiting each.
 *
 * - A **triangle** is stored once, with an index from each of its pairs.
 * - Cycles of four legs are stored by **diagonal**: two assets A and C and all assets B (the **mids**) that are paired
 *   with both. Every cycle A → B → C → B′ → A joins two mids of one diagonal, so the best product of a diagonal follows
 *   from its best way there and its best way back. To find each cycle on one diagonal only, assets are ranked by their
 *   number of pairs and A outranks the other three, which also keeps the lists short (Chiba and Nishizeki, SIAM Journal
 *   on Computing 14, 1985).
 */

import { listOutConversions, type OutConversion } from './cycle-graph.ts';
import type { CycleGraph } from './cycle-kernel.ts';

/** Conversions are `Uint16Array`s throughout; `…Start` arrays have one entry more than what they index. */
export interface CycleRoutes {
  /** Three conversions a triangle, each from where the one before ends. */
  readonly triangles: Uint16Array;
  /** Of pair p, from `pairTriangleStart[p]` on: two conversions that lead from the pair's `to` back to its `from`. */
  readonly pairTriangleStart: Uint32Array;
  readonly pairTriangles: Uint16Array;
  /** Two conversions a mid: A → B, B → C. */
  readonly mids: Uint16Array;
  /** First mid of each diagonal. */
  readonly diagonalStart: Uint32Array;
  /** The diagonal of each mid. */
  readonly midDiagonal: Uint32Array;
  /** Of pair p, from `pairMidStart[p]` on: the mids that pass through the pair. */
  readonly pairMidStart: Uint32Array;
  readonly pairMids: Uint32Array;
}

type Mid = readonly [number, number];

export function buildRoutes(graph: CycleGraph): CycleRoutes {
  const out = listOutConversions(graph);
  const rank = rankAssets(out);
  const triangles = listTriangles(out, rank);
  const diagonals = listDiagonals(out, rank);
  const mids = diagonals.flat();
  const midDiagonal = diagonals.flatMap((members, diagonal) => members.map(() => diagonal));
  const pairsCount = graph.pairs.length;
  const ofTriangles = indexByPair(pairsCount, triangles.flatMap(toPairTriangles));
  const ofMids = indexByPair(
    pairsCount,
    mids.flatMap((mid, index) => mid.map((conversion) => [conversion >> 1, [index]] as const)),
  );
  return {
    triangles: Uint16Array.from(triangles.flat()),
    pairTriangleStart: ofTriangles.start,
    pairTriangles: Uint16Array.from(ofTriangles.values.flat()),
    mids: Uint16Array.from(mids.flat()),
    diagonalStart: toStart(diagonals.map((members) => members.length)),
    midDiagonal: Uint32Array.from(midDiagonal),
    pairMidStart: ofMids.start,
    pairMids: Uint32Array.from(ofMids.values.flat()),
  };
}

/** Place of each asset when those with most pairs come first; of equals the lower index. */
function rankAssets(out: readonly (readonly OutConversion[])[]): readonly number[] {
  const degree = (asset: number) => out[asset]?.length ?? 0;
  const order = [...out.keys()].sort((a, b) => degree(b) - degree(a) || a - b);
  const rank = new Array<number>(out.length).fill(0);
  for (const [place, asset] of order.entries()) rank[asset] = place;
  return rank;
}

/** Each triangle once: its assets in the order of their rank. */
function listTriangles(out: readonly (readonly OutConversion[])[], rank: readonly number[]) {
  const ranked = (asset: number) => rank[asset] ?? 0;
  const found: (readonly [number, number, number])[] = [];
  for (const first of out.keys()) {
    const back = new Map((out[first] ?? []).map(({ conversion, to }) => [to, conversion ^ 1]));
    for (const { conversion: one, to: second } of out[first] ?? []) {
      if (ranked(second) < ranked(first)) continue;
      for (const { conversion: two, to: third } of out[second] ?? []) {
        const three = back.get(third);
        if (three !== undefined && ranked(third) > ranked(second)) found.push([one, two, three]);
      }
    }
  }
  return found;
}

/** Mids by diagonal, of diagonals with at least two. */
function listDiagonals(out: readonly (readonly OutConversion[])[], rank: readonly number[]) {
  const ranked = (asset: number) => rank[asset] ?? 0;
  const found: (readonly Mid[])[] = [];
  for (const top of out.keys()) {
    const byOpposite = new Map<number, Mid[]>();
    for (const { conversion: one, to: middle } of out[top] ?? []) {
      if (ranked(middle) < ranked(top)) continue;
      for (const { conversion: two, to: opposite } of out[middle] ?? []) {
        if (ranked(opposite) <= ranked(top)) continue;
        const members = byOpposite.get(opposite) ?? [];
        members.push([one, two]);
        byOpposite.set(opposite, members);
      }
    }
    found.push(...[...byOpposite.values()].filter((members) => members.length > 1));
  }
  return found;
}

/** For each pair of a triangle, the way back from the end of its forward conversion. */
function toPairTriangles(triangle: readonly [number, number, number]) {
  return triangle.map((conversion, leg) => {
    const next = triangle[(leg + 1) % 3] ?? 0;
    const last = triangle[(leg + 2) % 3] ?? 0;
    const isForward = conversion % 2 === 0;
    const way = isForward ? [next, last] : [last ^ 1, next ^ 1];
    return [conversion >> 1, way] as const;
  });
}

function indexByPair(
  pairsCount: number,
  entries: readonly (readonly [pair: number, value: readonly number[]])[],
) {
  const byPair = Array.from({ length: pairsCount }, (): (readonly number[])[] => []);
  for (const [pair, value] of entries) byPair[pair]?.push(value);
  return { start: toStart(byPair.map((values) => values.length)), values: byPair.flat() };
}

/** Running sums from 0: where each list begins, and where the last one ends. */
function toStart(lengths: readonly number[]): Uint32Array {
  const start = new Uint32Array(lengths.length + 1);
  let sum = 0;
  for (const [index, length] of lengths.entries()) {
    sum += length;
    start[index + 1] = sum;
  }
  return start;
}
