/** Growth of linear memory: done while configuring, never after. */

/** Makes memory reach to `address`; false when it cannot. */
export function growTo(address: usize): bool {
  const pages = <i32>((address + 0xffff) >> 16);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}
