/** The guard on the times of a cycle's legs. */

import { isSkewed, type Times } from '../guards.ts';

/** True when any two of `times` lie further apart than `maxSkewMs` (Infinity: never). */
export function areAnySkewed(times: readonly Times[], maxSkewMs: number): boolean {
  return times.some((a, index) => times.slice(index + 1).some((b) => isSkewed(a, b, maxSkewMs)));
}
