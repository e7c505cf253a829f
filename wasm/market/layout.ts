/**
 * Where everything lies in linear memory. The host reads the addresses from the module itself: `configure` is called
 * once, lays the regions out for a capacity, grows memory and never moves anything again.
 *
 * One row per symbol, `rowStride` exchanges wide (padded to four, the step of the scan):
 *
 *   bounds    earliest time | −latest time | −greatest net bid | least net ask       f64
 *   net row   net bid × rowStride | net ask × rowStride                              f64
 *   time row  time × rowStride, NaN where the market takes no part                   f64
 *   market    bid | bid size | ask | ask size | 1 − fee | 1 + fee | time | –         f64, one 64-byte line per exchange
 *
 * The bounds hold for all quotes of the row that take part, fresh or not. An update widens them, a scan of the row makes
 * them exact again. So a row whose greatest net bid is not above its least net ask, as most are, has no hit and is not
 * looked at; and a row whose times are all fresh is scanned without looking at its times. All four are minima: one
 * instruction widens two.
 *
 * A market that takes no part has net bid 0, net ask Infinity and time NaN, which lose every comparison.
 */

import { beginLayout, growToEnd, place } from './memory';

/** Raised whenever an address, a stride, an order of fields or a meaning changes. */
export const ABI_VERSION: i32 = 2;

/** Bytes of the bounds of one row, and where the prices begin in them. */
export const BOUNDS_BYTES: usize = 32;
export const BOUNDS_PRICES: usize = 16;
/** Bytes of one market record. */
export const MARKET_BYTES: usize = 64;
/** Places in a market record, bytes. */
export const MARKET_BID: usize = 0;
export const MARKET_BID_SIZE: usize = 8;
export const MARKET_ASK: usize = 16;
export const MARKET_ASK_SIZE: usize = 24;
export const MARKET_SELL_FACTOR: usize = 32;
export const MARKET_BUY_FACTOR: usize = 40;
export const MARKET_TIME: usize = 48;

/** Places in WORK, in numbers; the order of `WORK` in `src/kernel/core.ts`. */
export const WORK_QUOTES_APPLIED: i32 = 0;
export const WORK_QUOTES_INVALID: i32 = 1;
export const WORK_QUOTES_ONE_SIDED: i32 = 2;
export const WORK_QUOTES_CROSSED: i32 = 3;
export const WORK_SYMBOLS_SCREENED: i32 = 4;
export const WORK_EXCHANGES_COMPARED: i32 = 5;
export const WORK_HITS: i32 = 6;
export const WORK_BOOKS_LOADED: i32 = 7;
export const WORK_PAIRS_SIZED: i32 = 8;
export const WORK_LEVELS_WALKED: i32 = 9;
export const WORK_COUNT: i32 = 10;

/** Numbers in SIZING; their order is that of `SIZING` in `src/kernel/core.ts`. */
export const SIZING_COUNT: i32 = 20;

/** Capacities, as configured. */
export let symbolsCapacity: u32 = 0;
export let exchangesCapacity: u32 = 0;
export let levelsCapacity: u32 = 0;
/** Exchanges of a row, padded to a multiple of four. */
export let rowStride: u32 = 0;
/** Bytes of a net row. */
export let netRowBytes: usize = 0;

/** Addresses of the regions. */
export let bounds: usize = 0;
export let netRows: usize = 0;
export let timeRows: usize = 0;
export let markets: usize = 0;
/** One bit per symbol, u64 words. */
export let dirtyWords: usize = 0;
/** Two u32: 1 + the highest symbol and exchange index a quote came for. */
export let used: usize = 0;
export let work: usize = 0;
export let sizing: usize = 0;
/** Batch columns: symbol and exchange u32, the rest f64. */
export let batchSymbol: usize = 0;
export let batchExchange: usize = 0;
export let batchBid: usize = 0;
export let batchBidSize: usize = 0;
export let batchAsk: usize = 0;
export let batchAskSize: usize = 0;
export let batchTime: usize = 0;
/** Hit columns: indices u32, edge f64. */
export let hitSymbol: usize = 0;
export let hitBuy: usize = 0;
export let hitSell: usize = 0;
export let hitEdge: usize = 0;
/** Book sides: slot × 2 + (0 bids, 1 asks), `sideBytes` each; see `books.ts`. */
export let bookSides: usize = 0;
export let sideBytes: usize = 0;
/** One u32 per side: its levels. */
export let sideCounts: usize = 0;

/**
 * Lays out the state and fills in what is not zero at first.
 * @returns 1, or 0 when the memory could not be had or the module is configured already.
 */
export function configure(
  symbols: u32,
  exchanges: u32,
  bookSlots: u32,
  bookLevels: u32,
  batchRows: u32,
  hitRows: u32,
): i32 {
  if (symbolsCapacity != 0) return 0;
  rowStride = (exchanges + 3) & ~3;
  netRowBytes = (<usize>rowStride) << 4;
  beginLayout();
  placeMarkets(symbols);
  placeBatch(batchRows);
  placeHits(hitRows);
  placeBooks(bookSlots, bookLevels);
  if (!growToEnd()) return 0;
  symbolsCapacity = symbols;
  exchangesCapacity = exchanges;
  levelsCapacity = bookLevels;
  fillRows();
  return 1;
}

function placeMarkets(symbols: u32): void {
  const count = <usize>symbols * rowStride;
  bounds = place(<usize>symbols * BOUNDS_BYTES);
  netRows = place(<usize>symbols * netRowBytes);
  timeRows = place(count << 3);
  markets = place(count * MARKET_BYTES);
  dirtyWords = place(((<usize>symbols + 63) >> 6) << 3);
  used = place(8);
  work = place((<usize>WORK_COUNT) << 3);
  sizing = place((<usize>SIZING_COUNT) << 3);
}

function placeBatch(rows: usize): void {
  batchSymbol = place(rows << 2);
  batchExchange = place(rows << 2);
  batchBid = place(rows << 3);
  batchBidSize = place(rows << 3);
  batchAsk = place(rows << 3);
  batchAskSize = place(rows << 3);
  batchTime = place(rows << 3);
}

function placeHits(rows: usize): void {
  hitSymbol = place(rows << 2);
  hitBuy = place(rows << 2);
  hitSell = place(rows << 2);
  hitEdge = place(rows << 3);
}

function placeBooks(slots: usize, levels: usize): void {
  sideBytes = ((levels << 1) + ((levels + 1) << 1)) << 3;
  bookSides = place(slots * 2 * sideBytes);
  sideCounts = place(slots * 2 * 4);
}

/** A row without a quote: no bids, no asks, no times, bounds that any time narrows; no fees yet. */
function fillRows(): void {
  for (let symbol: u32 = 0; symbol < symbolsCapacity; symbol++) {
    const bound = bounds + <usize>symbol * BOUNDS_BYTES;
    v128.store(bound, f64x2.splat(Infinity));
    v128.store(bound, f64x2(0, Infinity), BOUNDS_PRICES);
    const asks = netRows + <usize>symbol * netRowBytes + ((<usize>rowStride) << 3);
    for (let exchange: u32 = 0; exchange < rowStride; exchange++) {
      store<f64>(asks + ((<usize>exchange) << 3), Infinity);
      const place = <usize>symbol * rowStride + exchange;
      store<f64>(timeRows + (place << 3), NaN);
      const market = markets + place * MARKET_BYTES;
      store<f64>(market, 1, MARKET_SELL_FACTOR);
      store<f64>(market, 1, MARKET_BUY_FACTOR);
    }
  }
}
