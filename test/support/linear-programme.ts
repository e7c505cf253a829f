/**
 * The most that can be taken out of a set of books at once: a generalised circulation, solved by HiGHS. One variable for
 * each level; no asset may end below nothing; what is left of the target asset is maximised.
 */

import loadHighs from 'highs';
import type { ExtractOffer } from '../../src/detect/cycles/greedy-extract.ts';

/** Units of `target`, the optimum. @throws {Error} when the solver does not say that it is one. */
export async function solveExtraction(
  offers: readonly ExtractOffer[],
  target: string,
): Promise<number> {
  const highs = await loadHighs();
  const { Status, ObjectiveValue } = highs.solve(toProgramme(offers, target));
  if (Status !== 'Optimal') throw new Error(`expected an optimum, got ${Status}`);
  return ObjectiveValue;
}

/**
 * In CPLEX's LP format. A variable is the used part of its level, 0 to 1, and a row is divided by its greatest
 * coefficient, which keeps dust and millions in one range of numbers.
 */
function toProgramme(offers: readonly ExtractOffer[], target: string): string {
  const terms = new Map<string, { readonly name: string; readonly amount: number }[]>();
  const names: string[] = [];
  const add = (asset: string, name: string, amount: number) => {
    terms.set(asset, [...(terms.get(asset) ?? []), { name, amount }]);
  };
  for (const { from, to, levels } of offers) {
    for (const { input, rate } of levels) {
      const name = `x${names.length}`;
      names.push(name);
      add(from, name, -input);
      add(to, name, input * rate);
    }
  }
  const sumOf = (asset: string, scale: number) =>
    (terms.get(asset) ?? [])
      .map(({ name, amount }) => `${amount < 0 ? '-' : '+'} ${Math.abs(amount / scale)} ${name}`)
      .join('\n  ');
  const scaleOf = (asset: string) =>
    Math.max(...(terms.get(asset) ?? []).map(({ amount }) => Math.abs(amount)));
  const rows = [...terms.keys()]
    .filter((asset) => asset !== target)
    .map((asset, row) => ` r${row}: ${sumOf(asset, scaleOf(asset))} >= 0`);
  const bounds = names.map((name) => ` 0 <= ${name} <= 1`);
  return [
    `Maximize\n profit: ${sumOf(target, 1)}`,
    `Subject To\n${rows.join('\n')}`,
    `Bounds\n${bounds.join('\n')}`,
    'End\n',
  ].join('\n');
}
