/** Ids that the same market data always gives again: opening time and a hash of the key. */

/** FNV-1a parameters of 32 bits, from the FNV draft (draft-eastlake-fnv). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** A second start value makes 64 bits of two 32-bit hashes. */
const SECOND_OFFSET = FNV_OFFSET ^ 0x5bd1e995;

/**
 * `<opening time in base 36>-<16 hex digits>`: sorts by time, safe in a URL, unique while no key opens twice in the same
 * millisecond.
 *
 * @param openedAtMs - milliseconds since the epoch; fractions are kept in thousandths.
 */
export function toOpportunityId(key: string, openedAtMs: number): string {
  const timePart = Math.round(openedAtMs * 1_000)
    .toString(36)
    .padStart(10, '0');
  return `${timePart}-${fnv1a(key, FNV_OFFSET)}${fnv1a(key, SECOND_OFFSET)}`;
}

function fnv1a(text: string, offset: number): string {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
