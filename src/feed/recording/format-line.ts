/** One line of a recording as text, line feed included. Fields stand in a fixed order: same data, same bytes. */

import type { Level } from '../../domain/book.ts';
import type { Funding } from '../../domain/funding.ts';
import type { Market } from '../../domain/market.ts';
import type { Quote } from '../../domain/quote.ts';
import { toDecimalText } from './decimal-text.ts';
import type { RecordingLine } from './format.ts';

/** @throws {RangeError} when a price, a size of a level or a time is not finite. */
export function formatRecordingLine(line: RecordingLine): string {
  return `${JSON.stringify(toRecordingRecord(line))}\n`;
}

/** As `formatRecordingLine`, before it becomes text. */
export function toRecordingRecord(line: RecordingLine): object {
  switch (line.type) {
    case 'header':
      return line.header;
    case 'market':
      return toMarketRecord(line.market);
    case 'quote':
      return toQuoteRecord(line.quote);
    case 'funding':
      return toFundingRecord(line.funding);
    case 'book': {
      const { exchange, symbol, bids, asks } = line.book;
      const levels = { bids: bids.map(toLevelTexts), asks: asks.map(toLevelTexts) };
      const gap = line.book.hasGap === true ? { hasGap: true } : {};
      return { type: 'book', exchange, symbol, ...levels, ...timesOf(line.book), ...gap };
    }
  }
}

/** Base and quote follow from the symbol and are left out. */
function toMarketRecord({ base: _base, quote: _quote, ...market }: Market): object {
  return { type: 'market', ...market };
}

function toQuoteRecord(quote: Quote): object {
  return {
    type: 'quote',
    exchange: quote.exchange,
    symbol: quote.symbol,
    bid: toDecimalText(quote.bid),
    bidSize: toSizeText(quote.bidSize),
    ask: toDecimalText(quote.ask),
    askSize: toSizeText(quote.askSize),
    ...timesOf(quote),
    ...(quote.hasGap === true ? { hasGap: true } : {}),
  };
}

function toFundingRecord(funding: Funding): object {
  const { exchange, symbol, rateRatio, intervalMs, nextFundingAtMs } = funding;
  return {
    type: 'funding',
    exchange,
    symbol,
    rateRatio: toSignedText(rateRatio),
    ...{ intervalMs, nextFundingAtMs },
    markPriceInQuote: toPriceText(funding.markPriceInQuote),
    indexPriceInQuote: toPriceText(funding.indexPriceInQuote),
    ...timesOf(funding),
  };
}

function toSignedText(ratio: number): string {
  return ratio < 0 ? `-${toDecimalText(-ratio)}` : toDecimalText(ratio);
}

function toPriceText(price: number | null): string | null {
  return price === null ? null : toDecimalText(price);
}

function timesOf(update: Pick<Quote, 'exchangeTimeMs' | 'receivedAtMs'>): object {
  if (!Number.isFinite(update.receivedAtMs)) {
    throw new RangeError(`receivedAtMs: expected a finite number, got ${update.receivedAtMs}`);
  }
  return { exchangeTimeMs: update.exchangeTimeMs, receivedAtMs: update.receivedAtMs };
}

function toSizeText(size: number): string | null {
  return Number.isNaN(size) ? null : toDecimalText(size);
}

function toLevelTexts([price, size]: Level): readonly [string, string] {
  return [toDecimalText(price), toDecimalText(size)];
}
