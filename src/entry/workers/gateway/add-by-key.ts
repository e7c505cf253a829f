/** Counts of several objects as one list. */

/** Items of one key become one; all their numbers are added. */
export function addByKey<Item extends object>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) {
    const sum: Record<string, unknown> = Object.fromEntries(Object.entries(item));
    for (const [name, value] of Object.entries(byKey.get(keyOf(item)) ?? {})) {
      if (typeof value === 'number') sum[name] = value + Number(sum[name]);
    }
    byKey.set(keyOf(item), sum as Item);
  }
  return [...byKey.values()];
}
