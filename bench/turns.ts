/** In which order variants take their turns. */

/**
 * Each turn begins with another variant, every other one runs backwards: no variant always runs first, always follows the
 * same one, or runs twice in a row, which would find caches warm that others left cold.
 *
 * @param turn - a whole number; warm-up turns may be negative.
 * @returns items with their places.
 */
export function orderOfTurn<Item>(
  items: readonly Item[],
  turn: number,
): readonly (readonly [place: number, item: Item])[] {
  const { length } = items;
  const first = length === 0 ? 0 : ((turn % length) + length) % length;
  const entries = [...items.entries()];
  const order = [...entries.slice(first), ...entries.slice(0, first)];
  return turn % 2 === 0 ? order : order.reverse();
}
