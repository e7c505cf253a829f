/** Carries as detection gives them, for tests of what comes after it. */

import type { BasisEdge } from '../../src/detect/basis/basis-edge.ts';
import { detectBasis } from '../../src/detect/basis/detect-basis.ts';
import {
  BASIS_NOW_MS,
  BASIS_SETTINGS,
  datedAt102,
  perpetualAt100,
  spotAt100,
} from './basis-markets.ts';

/** One edge of each kind that spot, a perpetual and a dated contract give, with what `given` changes. */
export function sampleBasisEdge(given: Partial<BasisEdge> = {}): BasisEdge {
  const contract = given.kind === 'dated_spot' ? datedAt102() : perpetualAt100();
  const { edges } = detectBasis([spotAt100(), contract], BASIS_SETTINGS, BASIS_NOW_MS);
  const [edge] = edges;
  if (edge === undefined) throw new Error('BUG: the sample markets carry');
  return { ...edge, ...given };
}
