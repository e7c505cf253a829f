/** The careful peer: best rates in a typed array, routes as lists of conversions, each priced. */

import type { CycleGraph } from '../../src/kernel/cycles/cycle-kernel.ts';
import { buildRoutes } from '../../src/kernel/cycles/routes.ts';

export interface RouteLists {
  readonly triangles: Uint16Array;
  /** Four conversions a cycle, one direction of each. */
  readonly squares: Uint16Array;
}

/** All routes of three and four legs, one by one. */
export function listRoutes(graph: CycleGraph): RouteLists {
  const { triangles, mids, diagonalStart } = buildRoutes(graph);
  const squares: number[] = [];
  for (let diagonal = 0; diagonal + 1 < diagonalStart.length; diagonal += 1) {
    const from = diagonalStart[diagonal] ?? 0;
    const to = diagonalStart[diagonal + 1] ?? 0;
    for (let there = from; there < to; there += 1) {
      for (let back = there + 1; back < to; back += 1) {
        const one = mids[there * 2] ?? 0;
        const two = mids[there * 2 + 1] ?? 0;
        const three = (mids[back * 2 + 1] ?? 0) ^ 1;
        const four = (mids[back * 2] ?? 0) ^ 1;
        squares.push(one, two, three, four);
      }
    }
  }
  return { triangles, squares: Uint16Array.from(squares) };
}

/** Prices every route and its reverse; the edges of the profitable ones. */
export function priceRoutes(rates: Float64Array, routes: Uint16Array, legs: 3 | 4): number[] {
  const edges: number[] = [];
  for (let from = 0; from < routes.length; from += legs) {
    let product = 1;
    let reverse = 1;
    for (let leg = from; leg < from + legs; leg += 1) {
      const conversion = routes[leg] ?? 0;
      product *= rates[conversion] ?? 0;
      reverse *= rates[conversion ^ 1] ?? 0;
    }
    if (product > 1) edges.push(product - 1);
    if (reverse > 1) edges.push(reverse - 1);
  }
  return edges;
}
