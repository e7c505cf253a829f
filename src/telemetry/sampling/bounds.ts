/** Refusing numbers that make no sense. */

/** @throws {RangeError} unless `isValid`. */
export function expectNumber(
  name: string,
  value: number,
  isValid: boolean,
  expected: string,
): void {
  if (!isValid) throw new RangeError(`${name}: expected ${expected}, got ${value}`);
}
