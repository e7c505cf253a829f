/** The best net bid and net ask of one row over two different exchanges. Of equal prices the lowest index is taken. */

import { hitBuy, hitEdge, hitSell, hitSymbol, rowStride } from './layout';
import { netRowAt, timeRowAt } from './rows';

/** True when a quote of this time takes part. */
export function isFresh(time: f64, now: f64, maxAge: f64, maxFuture: f64): bool {
  const age = now - time;
  return age <= maxAge && age >= -maxFuture;
}

/**
 * Writes the best pair of a row to hit `hit` when its edge is above `minEdge`. Called only for rows whose best bid over
 * best ask is: the exchange of each is looked for here, and not while scanning.
 * @returns 1 when a hit was written, else 0.
 */
export function writeBestPair(
  hit: i32,
  symbol: u32,
  exchanges: u32,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
  minEdge: f64,
): i32 {
  const bids = netRowAt(symbol);
  const asks = bids + ((<usize>rowStride) << 3);
  const times = timeRowAt(symbol);
  let sell: i32 = -1;
  let otherSell: i32 = -1;
  let buy: i32 = -1;
  let otherBuy: i32 = -1;
  // Best and second best of either side; a later equal price ranks behind an earlier one.
  let bestBid: f64 = 0;
  let otherBid: f64 = 0;
  let bestAsk: f64 = Infinity;
  let otherAsk: f64 = Infinity;
  for (let exchange: u32 = 0; exchange < exchanges; exchange++) {
    const place = (<usize>exchange) << 3;
    const bid = load<f64>(bids + place);
    if (bid == 0 || !isFresh(load<f64>(times + place), now, maxAge, maxFuture)) continue;
    const ask = load<f64>(asks + place);
    if (bid > bestBid) {
      otherBid = bestBid;
      otherSell = sell;
      bestBid = bid;
      sell = exchange;
    } else if (bid > otherBid) {
      otherBid = bid;
      otherSell = exchange;
    }
    if (ask < bestAsk) {
      otherAsk = bestAsk;
      otherBuy = buy;
      bestAsk = ask;
      buy = exchange;
    } else if (ask < otherAsk) {
      otherAsk = ask;
      otherBuy = exchange;
    }
  }
  if (sell != buy) return writeHit(hit, symbol, buy, sell, bestBid / bestAsk - 1, minEdge);
  if (otherSell < 0) return 0;
  const buyBestEdge = otherBid / bestAsk - 1;
  const sellBestEdge = bestBid / otherAsk - 1;
  const isBuyBest = buyBestEdge > sellBestEdge || (buyBestEdge == sellBestEdge && buy < otherBuy);
  return isBuyBest
    ? writeHit(hit, symbol, buy, otherSell, buyBestEdge, minEdge)
    : writeHit(hit, symbol, otherBuy, sell, sellBestEdge, minEdge);
}

/** @returns 1 when the edge is above the threshold and was written, else 0. */
export function writeHit(hit: i32, symbol: u32, buy: u32, sell: u32, edge: f64, minEdge: f64): i32 {
  if (!(edge > minEdge)) return 0;
  store<u32>(hitSymbol + ((<usize>hit) << 2), symbol);
  store<u32>(hitBuy + ((<usize>hit) << 2), buy);
  store<u32>(hitSell + ((<usize>hit) << 2), sell);
  store<f64>(hitEdge + ((<usize>hit) << 3), edge);
  return 1;
}
