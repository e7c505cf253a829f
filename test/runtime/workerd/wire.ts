/** Values between a test and the Worker that it calls: JSON, and the numbers that JSON has not. */

const ODD_NUMBERS = new Map([NaN, Infinity, -Infinity].map((value) => [String(value), value]));

export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? { $number: String(item) } : item,
  );
}

export function fromWire(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || !('$number' in item)) return item;
    return ODD_NUMBERS.get(String(item.$number));
  });
}

/** One call: which part, which method, with what. */
export interface Call {
  readonly part: 'store' | 'cache';
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Outcome =
  | { readonly value: unknown }
  | {
      readonly error: {
        readonly name: string;
        readonly code: string | null;
        readonly message: string;
      };
    };
