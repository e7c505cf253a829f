/** Element of an array at an index that is known to be inside: reads without the `undefined` of checked access. */
export function at(
  array: Float64Array | Uint32Array | Int32Array | Uint8Array,
  index: number,
): number {
  return array[index] ?? Number.NaN;
}
