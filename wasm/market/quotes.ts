/** Stores quote updates, nets them of the taker fee and decides which take part. */

import {
  BOUNDS_PRICES,
  batchAsk,
  batchAskSize,
  batchBid,
  batchBidSize,
  batchExchange,
  batchSymbol,
  batchTime,
  dirtyWords,
  exchangesCapacity,
  MARKET_ASK,
  MARKET_ASK_SIZE,
  MARKET_BID,
  MARKET_BID_SIZE,
  MARKET_BUY_FACTOR,
  MARKET_SELL_FACTOR,
  MARKET_TIME,
  rowStride,
  symbolsCapacity,
  used,
  WORK_QUOTES_APPLIED,
  WORK_QUOTES_CROSSED,
  WORK_QUOTES_INVALID,
  WORK_QUOTES_ONE_SIDED,
} from './layout';
import { addWork, boundsAt, marketAt, netRowAt, timeRowAt } from './rows';

/**
 * Applies the first `count` rows of the batch.
 * @returns −1, or the first row with an index beyond the capacity (then nothing was applied).
 */
export function applyQuotes(count: i32): i32 {
  const bad = firstBadRow(count);
  if (bad >= 0) return bad;
  for (let row: usize = 0; row < <usize>count; row++) {
    const symbol = load<u32>(batchSymbol + (row << 2));
    const exchange = load<u32>(batchExchange + (row << 2));
    const market = marketAt(symbol, exchange);
    store<f64>(market, load<f64>(batchBid + (row << 3)), MARKET_BID);
    store<f64>(market, load<f64>(batchBidSize + (row << 3)), MARKET_BID_SIZE);
    store<f64>(market, load<f64>(batchAsk + (row << 3)), MARKET_ASK);
    store<f64>(market, load<f64>(batchAskSize + (row << 3)), MARKET_ASK_SIZE);
    store<f64>(market, load<f64>(batchTime + (row << 3)), MARKET_TIME);
    if (!net(symbol, exchange)) addWork(faultOf(symbol, exchange), 1);
    markDirty(symbol);
    markUsed(symbol, exchange);
  }
  addWork(WORK_QUOTES_APPLIED, <f64>count);
  return -1;
}

export function setTakerRatio(symbol: u32, exchange: u32, takerRatio: f64): void {
  const market = marketAt(symbol, exchange);
  store<f64>(market, 1 - takerRatio, MARKET_SELL_FACTOR);
  store<f64>(market, 1 + takerRatio, MARKET_BUY_FACTOR);
  const wasUsed = netBidOf(symbol, exchange) > 0;
  if (net(symbol, exchange) || wasUsed) markDirty(symbol);
}

export function clearMarket(symbol: u32, exchange: u32): void {
  const market = marketAt(symbol, exchange);
  store<f64>(market, 0, MARKET_BID);
  store<f64>(market, 0, MARKET_BID_SIZE);
  store<f64>(market, 0, MARKET_ASK);
  store<f64>(market, 0, MARKET_ASK_SIZE);
  store<f64>(market, 0, MARKET_TIME);
  if (netBidOf(symbol, exchange) > 0) markDirty(symbol);
  net(symbol, exchange);
}

export function clearExchange(exchange: u32): void {
  const symbols = load<u32>(used);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) clearMarket(symbol, exchange);
}

function firstBadRow(count: i32): i32 {
  for (let row: i32 = 0; row < count; row++) {
    if (load<u32>(batchSymbol + ((<usize>row) << 2)) >= symbolsCapacity) return row;
    if (load<u32>(batchExchange + ((<usize>row) << 2)) >= exchangesCapacity) return row;
  }
  return -1;
}

/** Nets the stored quote, or takes the market out; true when it takes part. */
function net(symbol: u32, exchange: u32): bool {
  const market = marketAt(symbol, exchange);
  const time = load<f64>(market, MARKET_TIME);
  const bid = load<f64>(market, MARKET_BID);
  const ask = load<f64>(market, MARKET_ASK);
  const netBid = bid * load<f64>(market, MARKET_SELL_FACTOR);
  const netAsk = ask * load<f64>(market, MARKET_BUY_FACTOR);
  const isSized =
    isSize(load<f64>(market, MARKET_BID_SIZE)) && isSize(load<f64>(market, MARKET_ASK_SIZE));
  const isPriced = bid < ask && netBid > 0 && netAsk > 0 && ask < Infinity && netAsk < Infinity;
  const takesPart = isPriced && isSized && isFinite(time);
  const place = netRowAt(symbol) + ((<usize>exchange) << 3);
  store<f64>(timeRowAt(symbol) + ((<usize>exchange) << 3), takesPart ? time : NaN);
  store<f64>(place, takesPart ? netBid : 0);
  store<f64>(place + ((<usize>rowStride) << 3), takesPart ? netAsk : Infinity);
  if (takesPart) widenBounds(boundsAt(symbol), time, netBid, netAsk);
  return takesPart;
}

function widenBounds(bound: usize, time: f64, netBid: f64, netAsk: f64): void {
  const prices = v128.load(bound, BOUNDS_PRICES);
  v128.store(bound, f64x2.pmin(v128.load(bound), f64x2(time, -time)));
  v128.store(bound, f64x2.pmin(prices, f64x2(-netBid, netAsk)), BOUNDS_PRICES);
}

/** The counter of the reason why a stored quote takes no part; first match in the order of the contract. */
function faultOf(symbol: u32, exchange: u32): i32 {
  const market = marketAt(symbol, exchange);
  const bid = load<f64>(market, MARKET_BID);
  const ask = load<f64>(market, MARKET_ASK);
  const time = load<f64>(market, MARKET_TIME);
  const isPriced = bid >= 0 && bid < Infinity && ask >= 0 && ask < Infinity;
  const isBidSized = bid == 0 || isSize(load<f64>(market, MARKET_BID_SIZE));
  const isAskSized = ask == 0 || isSize(load<f64>(market, MARKET_ASK_SIZE));
  if (!isPriced || !isBidSized || !isAskSized || !isFinite(time)) return WORK_QUOTES_INVALID;
  if (bid == 0 || ask == 0) return WORK_QUOTES_ONE_SIDED;
  return bid >= ask ? WORK_QUOTES_CROSSED : WORK_QUOTES_INVALID;
}

/** Unknown (NaN), or finite and positive. */
function isSize(size: f64): bool {
  return !(size <= 0) && size != Infinity;
}

function netBidOf(symbol: u32, exchange: u32): f64 {
  return load<f64>(netRowAt(symbol) + ((<usize>exchange) << 3));
}

function markDirty(symbol: u32): void {
  const word = dirtyWords + ((<usize>symbol >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << (symbol & 63)));
}

function markUsed(symbol: u32, exchange: u32): void {
  store<u32>(used, max(load<u32>(used), symbol + 1));
  store<u32>(used, max(load<u32>(used, 4), exchange + 1), 4);
}
