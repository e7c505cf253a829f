import { describe, expect, test } from 'bun:test';
import type { Quote } from '../../../src/domain/quote.ts';
import { createQuoteBoard, type NumberedUpdate } from '../../../src/feed/quotes/quote-board.ts';

function quote(symbol: string, bid: number, exchange = 'kraken'): Quote {
  const rest = { bidSize: 1, ask: bid + 1, askSize: 1, exchangeTimeMs: null, receivedAtMs: 1 };
  return { exchange, symbol, bid, ...rest };
}

function publish(board: ReturnType<typeof createQuoteBoard>, ...quotes: Quote[]): void {
  board.publish({ atMs: 1, quotes, books: [] });
}

const all = () => true;
const shown = (updates: readonly NumberedUpdate[]) =>
  updates.map((update) =>
    update.type === 'quote' ? `${update.quote.symbol} ${update.quote.bid} #${update.number}` : '',
  );

describe('a quote board', () => {
  test('gives the newest state of all markets, the oldest change first', () => {
    const board = createQuoteBoard();
    publish(board, quote('A/USD', 1), quote('B/USD', 1));
    publish(board, quote('A/USD', 2));
    const { updates, sequence } = board.changesAfter(0, all, 10);
    expect(shown(updates)).toEqual(['B/USD 1 #1', 'A/USD 2 #2']);
    expect(sequence).toBe(3);
  });

  test('gives what changed after a place, and nothing when nothing did', () => {
    const board = createQuoteBoard();
    publish(board, quote('A/USD', 1), quote('B/USD', 1));
    const { sequence } = board.changesAfter(0, all, 10);
    expect(board.changesAfter(sequence, all, 10)).toEqual({ updates: [], sequence });
    publish(board, quote('B/USD', 5), quote('B/USD', 6));
    expect(shown(board.changesAfter(sequence, all, 10).updates)).toEqual(['B/USD 6 #3']);
  });

  test('passes over the symbols of others and moves on behind them', () => {
    const board = createQuoteBoard();
    publish(board, quote('A/USD', 1), quote('B/USD', 1), quote('C/USD', 1));
    const changes = board.changesAfter(0, (symbol) => symbol === 'B/USD', 10);
    expect(shown(changes.updates)).toEqual(['B/USD 1 #1']);
    expect(changes.sequence).toBe(3);
  });

  test('gives at most so many, and the rest from there', () => {
    const board = createQuoteBoard();
    publish(board, quote('A/USD', 1), quote('B/USD', 1), quote('C/USD', 1));
    const first = board.changesAfter(0, all, 2);
    expect(shown(first.updates)).toEqual(['A/USD 1 #1', 'B/USD 1 #1']);
    expect(first.sequence).toBe(2);
    expect(shown(board.changesAfter(first.sequence, all, 2).updates)).toEqual(['C/USD 1 #1']);
  });

  test('forgets the quotes of an exchange that went down, and goes on with its numbers', () => {
    const board = createQuoteBoard();
    publish(board, quote('A/USD', 1), quote('A/USD', 1, 'okx'), quote('B/USD', 1));
    board.discard('kraken');
    expect(shown(board.changesAfter(0, all, 10).updates)).toEqual(['A/USD 1 #1']);
    publish(board, quote('A/USD', 2));
    expect(shown(board.changesAfter(0, all, 10).updates)).toEqual(['A/USD 1 #1', 'A/USD 2 #2']);
  });

  test('keeps its order over many changes', () => {
    const board = createQuoteBoard();
    const newest = new Map<string, number>();
    let seed = 7;
    for (let step = 1; step <= 2_000; step += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const symbol = `${String.fromCharCode(65 + (seed % 26))}/USD`;
      publish(board, quote(symbol, step));
      newest.delete(symbol);
      newest.set(symbol, step);
      if (step % 97 === 0) board.discard('okx');
    }
    const bids = board
      .changesAfter(0, all, 100)
      .updates.map((update) => (update.type === 'quote' ? update.quote.bid : 0));
    expect(bids).toEqual([...newest.values()]);
  });

  test('tells its listeners until they stop', () => {
    const board = createQuoteBoard();
    let toldCount = 0;
    const stop = board.onChange(() => {
      toldCount += 1;
    });
    publish(board, quote('A/USD', 1));
    board.setExchanges([], false);
    board.setExchanges([], true);
    stop();
    publish(board, quote('A/USD', 2));
    expect(toldCount).toBe(2);
  });
});
