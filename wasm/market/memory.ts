/** Growth of linear memory: done while configuring, never after. */

/** Makes memory reach to `address`; false when it cannot. */
export function growTo(address: usize): bool {
  const pages = <i32>((address + 0xffff) >> 16);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

/** Where the next region goes. */
let end: usize = 0;

/** Begins to lay out, at the end of the module's own data. */
export function beginLayout(): void {
  end = (__heap_base + 63) & ~63;
}

/** Gives the next `bytes`, on a cache line of their own. */
export function place(bytes: usize): usize {
  const address = end;
  end = (end + bytes + 63) & ~63;
  return address;
}

/** Makes memory reach to the end of what was laid out; false when it cannot. */
export function growToEnd(): bool {
  return growTo(end);
}
