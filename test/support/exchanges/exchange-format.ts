/** What one exchange's wire format has to provide to be spoken by a local server. */

/** `[price, size]`, best level first. */
export type PublishedLevel = readonly [price: number, size: number];

export interface PublishedMarket {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Digits after the point of a price, and of a size. */
  readonly priceDigits: number;
  readonly sizeDigits: number;
  /** Listed, and not traded. */
  readonly isSuspended: boolean;
}

export interface PublishedBook {
  readonly market: PublishedMarket;
  readonly bids: readonly PublishedLevel[];
  readonly asks: readonly PublishedLevel[];
  /** Counts the changes of this book, from 1. */
  readonly sequence: number;
  readonly timeMs: number;
}

/** A WebSocket connection. */
export interface ExchangeSession {
  /** Of the address that was dialled. */
  readonly path: string;
  /** What the client subscribed to, in the format's own words. */
  readonly subscriptions: Set<string>;
  send(message: unknown): void;
}

export interface ExchangeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface ExchangeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  readonly body: unknown;
}

/** Ways in which an exchange refuses everybody. */
export type Refusal = 'rate-limit' | 'maintenance' | 'geo-block';

export interface ExchangeFormat {
  readonly id: string;
  /** Goes before every WebSocket path; ccxt reads the market type from the address in some exchanges. */
  readonly wsPrefix: string;
  /** Null: there is nothing at this path. */
  answer(request: ExchangeRequest, books: readonly PublishedBook[]): ExchangeAnswer | null;
  /** A message of the client. */
  receive(message: unknown, session: ExchangeSession, books: readonly PublishedBook[]): void;
  /** Sends the change from `previous` to `next` to a session that subscribed to it. */
  publish(session: ExchangeSession, previous: PublishedBook, next: PublishedBook): void;
  refuse(refusal: Refusal): ExchangeAnswer;
}

/** A number as exchanges write it. */
export function decimal(value: number, digits: number): string {
  return value.toFixed(digits);
}

export function toWireLevels(
  levels: readonly PublishedLevel[],
  market: PublishedMarket,
): readonly (readonly [string, string])[] {
  const { priceDigits, sizeDigits } = market;
  return levels.map(([price, size]) => [decimal(price, priceDigits), decimal(size, sizeDigits)]);
}

/** Levels that turn `previous` into `next`; size 0 removes one. The best level is always sent, changed or not. */
export function diffLevels(
  previous: readonly PublishedLevel[],
  next: readonly PublishedLevel[],
): readonly PublishedLevel[] {
  const before = new Map(previous);
  const after = new Map(next);
  const gone = [...before.keys()].filter((price) => !after.has(price));
  const changed = next.filter(([price, size], index) => index === 0 || before.get(price) !== size);
  return [...gone.map((price): PublishedLevel => [price, 0]), ...changed];
}

/** A field of a message of unknown shape. */
export function field(message: unknown, name: string): unknown {
  if (typeof message !== 'object' || message === null) return undefined;
  return new Map<string, unknown>(Object.entries(message)).get(name);
}

/** The texts of a list of unknown shape. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
