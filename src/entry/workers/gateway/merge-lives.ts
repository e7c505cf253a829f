/** Statistics of lives over all objects. */

import type { LifeStatistics } from '../../../detect/life/statistics.ts';
import { MAX_EXCHANGE_PAIRS_COUNT } from '../../../detect/life/statistics.ts';
import { addByKey } from './add-by-key.ts';

export type LivesJson = LifeStatistics & { readonly ghostShareRatio: number | null };

/** A median over several objects cannot be told from theirs: it is null where more than one has something. */
export function mergeLives(answers: readonly LivesJson[]): LivesJson | null {
  const [first] = answers;
  const filled = answers.filter(({ closedCount }) => closedCount > 0);
  if (first === undefined || filled.length === 0) return first ?? null;
  if (filled.length === 1) return filled[0] ?? null;
  const sum = (read: (answer: LivesJson) => number) =>
    filled.reduce((total, answer) => total + read(answer), 0);
  const ghostCount = sum((answer) => answer.ghostCount);
  const ghostKnownCount = sum((answer) => answer.ghostKnownCount);
  return {
    ...first,
    closedCount: sum((answer) => answer.closedCount),
    medianLivedMs: null,
    edgeBpsSeconds: sum((answer) => answer.edgeBpsSeconds),
    ghostCount,
    ghostKnownCount,
    ghostShareRatio: ghostKnownCount === 0 ? null : ghostCount / ghostKnownCount,
    closeReasons: addByKey(
      filled.flatMap(({ closeReasons }) => closeReasons),
      ({ reason }) => reason,
    ).sort((a, b) => b.count - a.count),
    survival: mergeSurvival(filled, first),
    exchangePairs: mergePairs(filled),
  };
}

function mergeSurvival(answers: readonly LivesJson[], like: LivesJson): LivesJson['survival'] {
  return like.survival.map(({ afterMs }) => {
    const steps = answers.flatMap(({ survival }) =>
      survival.filter((step) => step.afterMs === afterMs),
    );
    const knownCount = steps.reduce((sum, step) => sum + step.knownCount, 0);
    const thereCount = steps.reduce((sum, step) => sum + step.thereCount, 0);
    const survivedRatio = knownCount === 0 ? null : thereCount / knownCount;
    return { afterMs, knownCount, thereCount, survivedRatio };
  });
}

function mergePairs(answers: readonly LivesJson[]): LivesJson['exchangePairs'] {
  const pairs = answers.flatMap(({ exchangePairs }) => exchangePairs);
  return addByKey(pairs, ({ buyExchange, sellExchange }) => `${buyExchange} ${sellExchange}`)
    .sort((a, b) => b.closedCount - a.closedCount)
    .slice(0, MAX_EXCHANGE_PAIRS_COUNT);
}
