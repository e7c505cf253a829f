/**
 * Books from the messages of Poloniex's `book_lv2` channel: a snapshot of 20 levels a side, then changes. A change names
 * in `lastId` the `id` of the state it builds on; size 0 takes a level away. `ts` is when the exchange sent it.
 */

import type { Book } from '../../../domain/book.ts';
import { invalidField, isJsonRecord, type JsonRecord, readNumber, readTimeMs } from '../fields.ts';
import { requireDecimal, toBookSide } from './import-source.ts';
import { toUnifiedSymbol } from './poloniex-market.ts';

interface BookState {
  id: number;
  /** Changes are missing. */
  hasGap: boolean;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

/** A message received, and where it stands for messages to people. */
export interface ReceivedMessage {
  readonly place: string;
  readonly receivedAtMs: number;
  readonly body: unknown;
}

/** Symbols of the books in one message, in unified form; none for other channels. */
export function bookSymbolsOf(message: ReceivedMessage): readonly string[] {
  return bookItemsOf(message).map((item) =>
    toUnifiedSymbol(item.symbol, `${message.place}: symbol`),
  );
}

/**
 * Keeps one book for each symbol; returns the function that applies a message and gives the books it changed. A change
 * that does not build on the state before it leaves the book empty, with a gap, until the next snapshot.
 */
export function createPoloniexBooks(
  exchange: string,
): (message: ReceivedMessage) => readonly Book[] {
  const states = new Map<string, BookState>();

  const applyItem = (item: JsonRecord, message: ReceivedMessage): Book => {
    const { place, receivedAtMs } = message;
    const symbol = toUnifiedSymbol(item.symbol, `${place}: symbol`);
    const state = nextState(states.get(symbol), item, isSnapshot(message), `${place}: ${symbol}`);
    states.set(symbol, state);
    const times = { exchangeTimeMs: readTimeMs(item, 'ts'), receivedAtMs };
    if (state.hasGap) return { exchange, symbol, bids: [], asks: [], ...times, hasGap: true };
    const bids = toBookSide(state.bids, 'bids');
    return { exchange, symbol, bids, asks: toBookSide(state.asks, 'asks'), ...times };
  };

  return (message) => bookItemsOf(message).map((item) => applyItem(item, message));
}

function bookItemsOf({ place, body }: ReceivedMessage): readonly JsonRecord[] {
  if (!isJsonRecord(body)) throw invalidField(`${place}: body`, 'an object', body);
  if (typeof body.event === 'string' || body.channel === 'trades') return [];
  if (body.channel !== 'book_lv2') {
    throw invalidField(`${place}: channel`, 'book_lv2 or trades', body.channel);
  }
  const { data } = body;
  if (!Array.isArray(data) || !data.every(isJsonRecord)) {
    throw invalidField(`${place}: data`, 'an array of objects', data);
  }
  return data;
}

function isSnapshot({ place, body }: ReceivedMessage): boolean {
  const action = isJsonRecord(body) ? body.action : undefined;
  if (action === 'snapshot' || action === 'update') return action === 'snapshot';
  throw invalidField(`${place}: action`, 'snapshot or update', action);
}

function createState(): BookState {
  return { id: 0, hasGap: false, bids: new Map(), asks: new Map() };
}

function nextState(
  before: BookState | undefined,
  item: JsonRecord,
  isFresh: boolean,
  field: string,
): BookState {
  const state = isFresh ? createState() : before;
  if (state === undefined)
    throw invalidField(field, 'a snapshot before the first change', 'update');
  if (!isFresh && readNumber(item, 'lastId') !== state.id) state.hasGap = true;
  state.id = readNumber(item, 'id');
  applyLevels(state.bids, item.bids, `${field} bids`);
  applyLevels(state.asks, item.asks, `${field} asks`);
  return state;
}

function applyLevels(side: Map<number, number>, levels: unknown, field: string): void {
  if (!Array.isArray(levels)) throw invalidField(field, 'an array of [price, size]', levels);
  for (const [index, level] of (levels as readonly unknown[]).entries()) {
    const [price, size] = Array.isArray(level) ? (level as readonly unknown[]) : [];
    const at = requireDecimal(price, `${field}[${index}] price`);
    const left = requireDecimal(size, `${field}[${index}] size`);
    if (left === 0) side.delete(at);
    else side.set(at, left);
  }
}
