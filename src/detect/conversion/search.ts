/** The best way from one asset to another over at most so many trades. */

import type { ConversionEdge, ConversionGraph } from './edges.ts';

export interface FoundPath {
  readonly edges: readonly ConversionEdge[];
  /** What arrives, f64. */
  readonly output: number;
}

/** What `amount` becomes on one edge; 0 when it cannot pass. Must grow with the amount. */
export type EdgeOutput = (edge: ConversionEdge, amount: number) => number;

/**
 * The path with the greatest output that visits no asset twice; null when nothing arrives. Because an edge's output
 * grows with its input, the best exchange of each step is the best of the whole; because no asset comes twice, no book
 * is used twice. Of equal outputs the shorter path is kept.
 */
export function searchPath(
  graph: ConversionGraph,
  from: string,
  to: string,
  amount: number,
  maxLegsCount: number,
  outputOfEdge: EdgeOutput,
): FoundPath | null {
  let best: FoundPath | null = null;
  const visit = (asset: string, held: number, path: readonly ConversionEdge[]): void => {
    const isLast = path.length === maxLegsCount - 1;
    const targets = graph.get(asset);
    const candidates = isLast ? [to] : (targets?.keys() ?? []);
    for (const target of candidates) {
      if (path.some((edge) => edge.from === target)) continue;
      const step = bestEdge(targets?.get(target) ?? [], held, outputOfEdge);
      if (step === null) continue;
      const edges = [...path, step.edge];
      if (target !== to) visit(target, step.output, edges);
      else if (best === null || isBetter(step.output, edges, best)) {
        best = { edges, output: step.output };
      }
    }
  };
  visit(from, amount, []);
  return best;
}

function isBetter(output: number, edges: readonly ConversionEdge[], best: FoundPath): boolean {
  return output > best.output || (output === best.output && edges.length < best.edges.length);
}

function bestEdge(edges: readonly ConversionEdge[], held: number, outputOfEdge: EdgeOutput) {
  let best: { readonly edge: ConversionEdge; readonly output: number } | null = null;
  for (const edge of edges) {
    const output = outputOfEdge(edge, held);
    if (output > (best?.output ?? 0)) best = { edge, output };
  }
  return best;
}

/** True when trades of this graph lead from one asset to the other, whatever their prices and depth. */
export function isConnected(
  graph: ConversionGraph,
  from: string,
  to: string,
  maxLegsCount: number,
): boolean {
  let reached = new Set([from]);
  for (let leg = 0; leg < maxLegsCount && !reached.has(to); leg += 1) {
    reached = new Set(
      [...reached].flatMap((asset) => [asset, ...(graph.get(asset)?.keys() ?? [])]),
    );
  }
  return reached.has(to);
}
