/**
 * The newest state of every market: names to kernel indices, quotes into the kernel, books beside it. Updates go in,
 * nothing is computed here.
 */

import type { Book } from '../domain/book.ts';
import type { Funding } from '../domain/funding.ts';
import type { Market } from '../domain/market.ts';
import type { Quote } from '../domain/quote.ts';
import { NO_TERMS, type Terms } from '../domain/terms.ts';
import type { MarketKernel } from '../kernel/kernel.ts';
import { applyFees } from './costs/apply-fees.ts';
import { toScreenRatio } from './costs/leg-fee.ts';

/** One market with its newest data, exchange times on our clock. Mutable, and owned by `MarketState`. */
export interface MarketRecord {
  readonly market: Market;
  readonly symbolIndex: number;
  readonly exchangeIndex: number;
  readonly quote: Quote | null;
  /** Streamed by the feed; null where only quotes stream. */
  readonly book: Book | null;
  /** Fetched on demand where only quotes stream. */
  readonly fetchedBook: Book | null;
  /** Newest funding of a perpetual; null for all others, and when none has come. */
  readonly funding: Funding | null;
  /** Counts up with every change of the quote and the books. */
  readonly version: number;
}

type MarketName = Pick<Market, 'exchange' | 'symbol'>;
type MutableRecord = { -readonly [Key in keyof MarketRecord]: MarketRecord[Key] };

export interface ApplyResult {
  readonly updatesCount: number;
  /** Updates of markets that are not watched. */
  readonly unknownCount: number;
}

export interface MarketState {
  /**
   * Adds markets, or replaces what is known of their fees and limits.
   *
   * @returns those that do not fit into the kernel; they are not watched.
   */
  setMarkets(markets: readonly Market[]): readonly Market[];
  apply(quotes: readonly Quote[], books: readonly Book[]): ApplyResult;
  setFetchedBook(book: Book): void;
  /** Funding of markets that are not watched is passed over. */
  setFunding(funding: readonly Funding[]): void;
  /**
   * From now on an exchange's times are turned into times of our clock as they come in.
   *
   * @param offsetMs - the exchange's clock less ours, milliseconds.
   */
  setClockOffset(exchange: string, offsetMs: number): void;
  /** Forgets all quotes and books of one exchange, so that none takes part until its next update. */
  clearExchange(exchange: string): void;
  record(exchange: string, symbol: string): MarketRecord | null;
  /** All exchanges of one symbol, by exchange index; empty when the symbol is not watched. */
  recordsOf(symbol: string): readonly MarketRecord[];
  symbols(): readonly string[];
  exchanges(): readonly string[];
  /** Watched markets; grows when markets are added. */
  readonly marketsCount: number;
}

/**
 * @param takerBps - overrides every market's taker fee, basis points; null: the market's own.
 * @param fees - what its user pays, above what each exchange says.
 */
export function createMarketState(
  kernel: MarketKernel,
  takerBps: number | null,
  fees: Terms['fees'] = NO_TERMS.fees,
): MarketState {
  return new KernelMarketState(kernel, takerBps, fees);
}

class KernelMarketState implements MarketState {
  readonly #kernel: MarketKernel;
  readonly #takerBps: number | null;
  readonly #fees: Terms['fees'];
  readonly #symbolIndices = new Map<string, number>();
  readonly #exchangeIndices = new Map<string, number>();
  /** Names by index: asked for in every round, and only ever more. */
  #symbols: readonly string[] = [];
  #exchanges: readonly string[] = [];
  readonly #recordsBySymbol: MutableRecord[][] = [];
  /** By exchange, then symbol: asked for with every update, without making a key. */
  readonly #records = new Map<string, Map<string, MutableRecord>>();
  #marketsCount = 0;
  readonly #clockOffsetsMs = new Map<string, number>();

  constructor(kernel: MarketKernel, takerBps: number | null, fees: Terms['fees']) {
    this.#kernel = kernel;
    this.#takerBps = takerBps;
    this.#fees = fees;
  }

  setMarkets(markets: readonly Market[]): readonly Market[] {
    return markets.filter((market) => !this.#setMarket(market));
  }

  apply(quotes: readonly Quote[], books: readonly Book[]): ApplyResult {
    let rowsCount = 0;
    let unknownCount = 0;
    const take = (record: MutableRecord | null, given: Quote) => {
      if (record === null) {
        unknownCount += 1;
        return;
      }
      const quote = this.#toOurTime(given);
      record.quote = quote;
      record.version += 1;
      // What a contract costs more than another is what it carries, not an edge: see `basis/`.
      if (record.market.contract !== undefined) return;
      this.#writeRow(rowsCount, record, quote);
      rowsCount += 1;
      if (rowsCount < this.#kernel.batchCapacityCount) return;
      this.#kernel.applyQuotes(rowsCount);
      rowsCount = 0;
    };
    for (const quote of quotes) take(this.#find(quote), quote);
    for (const book of books) {
      const record = this.#find(book);
      if (record !== null) record.book = this.#toOurTime(book);
      take(record, toQuote(book));
    }
    this.#kernel.applyQuotes(rowsCount);
    return { updatesCount: quotes.length + books.length - unknownCount, unknownCount };
  }

  setFetchedBook(book: Book): void {
    const record = this.#find(book);
    if (record === null) return;
    record.fetchedBook = this.#toOurTime(book);
    record.version += 1;
  }

  setFunding(funding: readonly Funding[]): void {
    for (const given of funding) {
      const record = this.#find(given);
      if (record !== null) record.funding = this.#toOurTime(given);
    }
  }

  setClockOffset(exchange: string, offsetMs: number): void {
    this.#clockOffsetsMs.set(exchange, offsetMs);
  }

  clearExchange(exchange: string): void {
    const exchangeIndex = this.#exchangeIndices.get(exchange);
    if (exchangeIndex === undefined) return;
    this.#kernel.clearExchange(exchangeIndex);
    for (const record of this.#records.get(exchange)?.values() ?? []) {
      record.quote = null;
      record.book = null;
      record.fetchedBook = null;
      record.funding = null;
      record.version += 1;
    }
  }

  record(exchange: string, symbol: string): MarketRecord | null {
    return this.#find({ exchange, symbol });
  }

  recordsOf(symbol: string): readonly MarketRecord[] {
    const symbolIndex = this.#symbolIndices.get(symbol);
    return symbolIndex === undefined ? [] : (this.#recordsBySymbol[symbolIndex] ?? []);
  }

  symbols(): readonly string[] {
    if (this.#symbols.length < this.#symbolIndices.size)
      this.#symbols = [...this.#symbolIndices.keys()];
    return this.#symbols;
  }

  exchanges(): readonly string[] {
    if (this.#exchanges.length < this.#exchangeIndices.size) {
      this.#exchanges = [...this.#exchangeIndices.keys()];
    }
    return this.#exchanges;
  }

  get marketsCount(): number {
    return this.#marketsCount;
  }

  #setMarket(given: Market): boolean {
    const market = applyFees(given, this.#fees, this.#takerBps);
    const { symbolsCount, exchangesCount } = this.#kernel.capacity;
    const symbolIndex = indexIn(this.#symbolIndices, market.symbol, symbolsCount);
    const exchangeIndex = indexIn(this.#exchangeIndices, market.exchange, exchangesCount);
    if (symbolIndex === null || exchangeIndex === null) return false;
    this.#kernel.setTakerRatio(symbolIndex, exchangeIndex, toScreenRatio(market));
    const known = this.#find(market);
    if (known !== null) {
      known.market = market;
      known.version += 1;
      return true;
    }
    this.#add({
      market,
      symbolIndex,
      exchangeIndex,
      quote: null,
      book: null,
      fetchedBook: null,
      funding: null,
      version: 0,
    });
    return true;
  }

  #add(record: MutableRecord): void {
    const { exchange, symbol } = record.market;
    const ofExchange = this.#records.get(exchange) ?? new Map<string, MutableRecord>();
    ofExchange.set(symbol, record);
    this.#records.set(exchange, ofExchange);
    this.#marketsCount += 1;
    const records = this.#recordsBySymbol[record.symbolIndex] ?? [];
    records.push(record);
    records.sort((a, b) => a.exchangeIndex - b.exchangeIndex);
    this.#recordsBySymbol[record.symbolIndex] = records;
  }

  #find({ exchange, symbol }: MarketName): MutableRecord | null {
    return this.#records.get(exchange)?.get(symbol) ?? null;
  }

  #toOurTime<Data extends Quote | Book | Funding>(data: Data): Data {
    const offsetMs = this.#clockOffsetsMs.get(data.exchange) ?? 0;
    if (offsetMs === 0 || data.exchangeTimeMs === null) return data;
    return { ...data, exchangeTimeMs: data.exchangeTimeMs - offsetMs };
  }

  #writeRow(row: number, record: MarketRecord, quote: Quote): void {
    const { batch } = this.#kernel;
    batch.symbolIndex[row] = record.symbolIndex;
    batch.exchangeIndex[row] = record.exchangeIndex;
    batch.bid[row] = quote.bid;
    batch.bidSize[row] = quote.bidSize;
    batch.ask[row] = quote.ask;
    batch.askSize[row] = quote.askSize;
    batch.timeMs[row] = quote.exchangeTimeMs ?? quote.receivedAtMs;
  }
}

/** The top of a book; a missing side is price 0 and size NaN, as `Quote` has it. */
export function toQuote(book: Book): Quote {
  const [bid, bidSize] = book.bids[0] ?? [0, Number.NaN];
  const [ask, askSize] = book.asks[0] ?? [0, Number.NaN];
  const { exchange, symbol, exchangeTimeMs, receivedAtMs, hasGap } = book;
  const top = { exchange, symbol, bid, bidSize, ask, askSize, exchangeTimeMs, receivedAtMs };
  return hasGap === undefined ? top : { ...top, hasGap };
}

/** The index of `name`, given out on first sight; null when `capacity` names are taken. */
function indexIn(indices: Map<string, number>, name: string, capacity: number): number | null {
  const known = indices.get(name);
  if (known !== undefined) return known;
  if (indices.size >= capacity) return null;
  indices.set(name, indices.size);
  return indices.size - 1;
}
