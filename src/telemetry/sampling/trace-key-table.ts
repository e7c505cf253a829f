/**
 * Which key the traces that are being kept belong to, so that their later spans are counted there. A table of fixed
 * size: a trace that meets another in its slot takes it over, and the other's later spans are not counted.
 */

/** Slots; a power of two. */
const SLOTS_COUNT = 2048;

/** Forgets a trace when another takes its slot. */
export interface TraceKeyTable<Key> {
  set(traceId: string, key: Key): void;
  get(traceId: string): Key | undefined;
}

/** An empty table, allocated once. */
export function createTraceKeyTable<Key>(): TraceKeyTable<Key> {
  const traceIds = new Array<string | undefined>(SLOTS_COUNT);
  const keys = new Array<Key | undefined>(SLOTS_COUNT);
  return {
    set: (traceId, key) => {
      const slot = slotOf(traceId);
      traceIds[slot] = traceId;
      keys[slot] = key;
    },
    get: (traceId) => {
      const slot = slotOf(traceId);
      return traceIds[slot] === traceId ? keys[slot] : undefined;
    },
  };
}

/** The first digits: the last ones decide what is sampled and are not spread evenly among what is kept. */
function slotOf(traceId: string): number {
  return Number.parseInt(traceId.slice(0, 8), 16) & (SLOTS_COUNT - 1);
}
