/** Basis points for people. */

/** Small values keep enough places not to read as nothing. */
export function toBps(bps: number): string {
  return bps.toFixed(Math.abs(bps) < 0.1 ? 3 : 1);
}
