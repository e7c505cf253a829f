/** Refusing numbers that make no sense. */

/** @throws {RangeError} unless `isValid`; @returns `value`. */
export function expectNumber(
  name: string,
  value: number,
  isValid: boolean,
  expected: string,
): number {
  if (isValid) return value;
  throw new RangeError(`${name}: expected ${expected}, got ${value}`);
}
