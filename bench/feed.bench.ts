/** From the message of a quote channel to a checked quote with its symbol screened again. */

import type { MarketKernel } from '../src/kernel/kernel.ts';
import { loadKernelModule } from '../src/kernel/load-file.ts';
import type { ScanShape } from '../src/kernel/scan.ts';
import { createWasmScanningKernel } from '../src/kernel/wasm-scan.ts';
import { type BenchRow, type BenchVariant, defineBench } from './bench.ts';
import {
  createTickers,
  createUpdates,
  FRESH,
  fillKernel,
  readBenchHits,
  type Ticker,
} from './kernel/markets.ts';
import { applyToMap, toTickerMap } from './kernel/object-peers.ts';

const SYMBOLS_COUNT = 4096;
const EXCHANGES_COUNT = 32;
const UPDATES_COUNT = 1000;
const CAPACITY = {
  symbolsCount: SYMBOLS_COUNT,
  exchangesCount: EXCHANGES_COUNT,
  bookSlotsCount: 2,
  bookLevelsCount: 1,
};

interface Message {
  readonly shapeIndex: number;
  readonly exchange: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly receivedAtMs: number;
}

export const bench = defineBench({
  name: 'feed',
  rows: async () => {
    const module = await loadKernelModule();
    const tickers = createTickers(1, SYMBOLS_COUNT, EXCHANGES_COUNT);
    const messages = createUpdates(2, tickers, UPDATES_COUNT).map(toMessage);
    const shapes = Array.from({ length: EXCHANGES_COUNT }, (_, index) => toShape(index));
    const { kernel, scanner } = createWasmScanningKernel(module, CAPACITY, {
      shapes,
      namesCount: SYMBOLS_COUNT * EXCHANGES_COUNT,
    });
    for (const { symbolIndex, exchangeIndex } of tickers.flat()) {
      scanner.addName(exchangeIndex, nameOf(symbolIndex), symbolIndex);
    }
    fillKernel(kernel, tickers);
    kernel.screenDirty(FRESH);
    const scan = (read: (message: Message) => Uint8Array | string) => () => {
      let rowsCount = 0;
      for (const message of messages) {
        const { shapeIndex, receivedAtMs } = message;
        const result = scanner.scan(shapeIndex, read(message), receivedAtMs, rowsCount);
        if (result === 'accepted') rowsCount += 1;
      }
      kernel.applyQuotes(rowsCount);
      return kernel.screenDirty(FRESH);
    };
    return [
      createRow(tickers, messages, [
        ours(
          kernel,
          'scanner, from bytes',
          scan(({ bytes }) => bytes),
        ),
        ours(
          kernel,
          'scanner, from text',
          scan(({ text }) => text),
        ),
      ]),
    ];
  },
});

function createRow(
  tickers: readonly (readonly Ticker[])[],
  messages: readonly Message[],
  variants: readonly BenchVariant[],
): BenchRow {
  const map = toTickerMap(tickers);
  const meanBytes = messages.reduce((sum, { bytes }) => sum + bytes.length, 0) / messages.length;
  const place = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  const known = new Map(tickers.flat().map((ticker) => [keyOf(ticker), ticker]));
  const parse = (read: (message: Message) => string) => () => {
    const updates = messages.map((message) => toTicker(message, JSON.parse(read(message)), known));
    return applyToMap(map, updates);
  };
  const peer = (name: string, run: () => ReturnType<typeof applyToMap>): BenchVariant => ({
    name,
    role: 'peer',
    run,
    answer: () => [...run().values()].sort((a, b) => a.symbolIndex - b.symbolIndex),
  });
  return {
    name: 'message-to-checked-spread',
    question: 'What does a bookTicker message cost until its symbol is screened again?',
    input: `${messages.length} messages of ${Math.round(meanBytes)} bytes on average, ${SYMBOLS_COUNT} symbols × ${EXCHANGES_COUNT} exchanges, seeds 1 and 2`,
    notMeasured: 'the socket; a fault, which costs JSON.parse besides',
    operationsCount: messages.length,
    variants: [
      {
        name: 'copying the bytes',
        role: 'floor',
        run: () => {
          for (const { bytes } of messages) place.set(bytes);
        },
      },
      peer(
        'JSON.parse and objects, from bytes',
        parse(({ bytes }) => decoder.decode(bytes)),
      ),
      peer(
        'JSON.parse and objects, from text',
        parse(({ text }) => text),
      ),
      ...variants,
    ],
  };
}

function ours(kernel: MarketKernel, name: string, run: () => number): BenchVariant {
  return { name, role: 'ours', run, answer: () => readBenchHits(kernel, run()) };
}

function toShape(exchangeIndex: number): ScanShape {
  const keys = { symbol: 's', bid: 'b', bidSize: 'B', ask: 'a', askSize: 'A', timeMs: null };
  return { exchangeIndex, keys, wrapper: 'data' };
}

function nameOf(symbolIndex: number): string {
  return `S${symbolIndex}USDT`;
}

function keyOf(name: { readonly exchange: string; readonly symbolIndex: number }): string {
  return `${name.exchange} ${nameOf(name.symbolIndex)}`;
}

/** Prices and sizes with eight decimals, as Binance writes them. */
function toMessage(ticker: Ticker, index: number): Message {
  const { bid, bidSize, ask, askSize, symbolIndex } = ticker;
  const text = JSON.stringify({
    u: 400_900_217 + index,
    s: nameOf(symbolIndex),
    b: bid.toFixed(8),
    B: bidSize.toFixed(8),
    a: ask.toFixed(8),
    A: askSize.toFixed(8),
  });
  return {
    shapeIndex: ticker.exchangeIndex,
    exchange: ticker.exchange,
    bytes: new TextEncoder().encode(text),
    text,
    receivedAtMs: ticker.timeMs,
  };
}

interface Parsed {
  readonly s: string;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

function toTicker(message: Message, parsed: Parsed, known: ReadonlyMap<string, Ticker>): Ticker {
  const market = known.get(`${message.exchange} ${parsed.s}`);
  if (market === undefined) throw new Error(`message: ${parsed.s} is not known`);
  return {
    ...market,
    bid: Number(parsed.b),
    bidSize: Number(parsed.B),
    ask: Number(parsed.a),
    askSize: Number(parsed.A),
    timeMs: message.receivedAtMs,
  };
}
