import { describe, expect, test } from 'bun:test';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createReferenceScanner } from '../../src/kernel/reference-scan.ts';
import { SCAN_LIMITS, type ScanShape } from '../../src/kernel/scan.ts';
import { createWasmScanningKernel } from '../../src/kernel/wasm-scan.ts';

const CAPACITY = { symbolsCount: 4, exchangesCount: 2, bookSlotsCount: 2, bookLevelsCount: 1 };
const PLAIN: ScanShape = {
  exchangeIndex: 1,
  keys: { symbol: 's', bid: 'b', bidSize: 'B', ask: 'a', askSize: 'A', timeMs: null },
  wrapper: 'data',
};
const LONG: ScanShape = {
  exchangeIndex: 0,
  keys: {
    symbol: 'instId',
    bid: 'bestBidPrice',
    bidSize: null,
    ask: 'bestAskPrice',
    askSize: null,
    timeMs: 'ts',
  },
  wrapper: 'data',
};
const SHAPES = [PLAIN, LONG];
const NAMES = [
  [0, 'BTCUSDT', 3],
  [0, '币安人生USDT', 2],
  [1, 'BTC-USDT', 1],
  [1, 'A-NAME-OF-THIRTY-TWO-BYTES-USDT-', 0],
] as const;

const module = await loadKernelModule();

function createPairs() {
  const reference = createReferenceKernel(CAPACITY);
  const pairs = [
    { kernel: reference, scanner: createReferenceScanner(reference, SHAPES) },
    createWasmScanningKernel(module, CAPACITY, { shapes: SHAPES, namesCount: NAMES.length }),
  ];
  for (const { scanner } of pairs) {
    for (const [shape, name, symbol] of NAMES) scanner.addName(shape, name, symbol);
  }
  return pairs;
}

const GOOD = '{"u":400900217,"s":"BTCUSDT","b":"65432.10","B":"31.21","a":"65432.11","A":"40.66"}';
const replaced = (from: string, to: string) => GOOD.replace(from, to);

describe.each(createPairs().map((pair) => [pair.scanner.name, pair] as const))('%s', (_, pair) => {
  const { kernel, scanner } = pair;
  const row = (index: number) => {
    const { symbolIndex, exchangeIndex, bid, bidSize, ask, askSize, timeMs } = kernel.batch;
    return [symbolIndex, exchangeIndex, bid, bidSize, ask, askSize, timeMs].map(
      (column) => column[index],
    );
  };

  test('a message becomes a row that the kernel takes', () => {
    expect(scanner.scan(0, GOOD, 1000, 5)).toBe('accepted');
    expect(row(5)).toEqual([3, 1, 65432.1, 31.21, 65432.11, 40.66, 1000]);
    expect(scanner.scan(0, new TextEncoder().encode(GOOD), 1000, 0)).toBe('accepted');
    expect(kernel.applyQuotes(1)).toBe(0);
    expect(kernel.readQuote(3, 1)).toMatchObject({ bid: 65432.1, ask: 65432.11, timeMs: 1000 });
  });

  test('keys in any order, bare numbers, white space and other members are read', () => {
    const text =
      ' { "A" : 4e1 ,\n"x":{"b":[1,{"s":null}],"y":-0.5e-3,"t":true},"a":65432.11, "B":"31.21","s":"币安人生USDT","b":65432 }\r\n';
    expect(scanner.scan(0, text, 7, 1)).toBe('accepted');
    expect(row(1)).toEqual([2, 1, 65432, 31.21, 65432.11, 40, 7]);
  });

  test('a wrapper is entered, as an object or as an array of one', () => {
    expect(scanner.scan(0, `{"stream":"btcusdt@bookTicker","data":${GOOD}}`, 9, 2)).toBe(
      'accepted',
    );
    expect(scanner.scan(0, `{"data":[${GOOD}]}`, 9, 2)).toBe('accepted');
    expect(scanner.scan(0, `{"data":[${GOOD},${GOOD}]}`, 9, 2)).toBe('unexpected');
    expect(scanner.scan(0, '{"data":[]}', 9, 2)).toBe('unexpected');
    expect(row(2)).toEqual([3, 1, 65432.1, 31.21, 65432.11, 40.66, 9]);
  });

  test('the time of the exchange is taken less its clock offset; sizes may be left out of a shape', () => {
    const text =
      '{"arg":{"channel":"t","instId":"other"},"data":[{"instId":"BTC-USDT","bestBidPrice":"1","bestAskPrice":"2","ts":"1700000000123"}]}';
    expect(scanner.scan(1, text, 5, 3)).toBe('accepted');
    expect(row(3)).toEqual([1, 0, 1, Number.NaN, 2, Number.NaN, 1700000000123]);
    scanner.setClockOffset(1, 23);
    expect(scanner.scan(1, text, 5, 3)).toBe('accepted');
    expect(kernel.batch.timeMs[3]).toBe(1700000000100);
  });

  test.each([
    ['unexpected', ''],
    ['unexpected', '[]'],
    ['unexpected', `${GOOD}x`],
    ['unexpected', `${GOOD}\0`],
    ['unexpected', GOOD.slice(0, -1)],
    ['unexpected', replaced(',"s"', ',,"s"')],
    ['unexpected', replaced('400900217', '0400')],
    ['unexpected', replaced('400900217', 'nul')],
    ['unexpected', replaced('"65432.10"', '65432.')],
    ['missing_key', '{}'],
    ['missing_key', replaced('"b"', '"c"')],
    ['duplicate_key', replaced('"B"', '"b"')],
    ['duplicate_key', `{"b":"1","data":${GOOD}}`],
    ['escape', replaced('"u"', '"\\u0075"')],
    ['escape', replaced('BTCUSDT', 'BTC\\u0055SDT')],
    ['unknown_symbol', replaced('BTCUSDT', 'BTCUSDC')],
    ['unknown_symbol', replaced('BTCUSDT', 'BTC-USDT')],
    ['unknown_symbol', replaced('BTCUSDT', '')],
    ['unknown_symbol', replaced('"BTCUSDT"', '7')],
    ['unknown_symbol', replaced('BTCUSDT', 'X'.repeat(33))],
    ['not_a_price', replaced('65432.10', '')],
    ['not_a_price', replaced('65432.10', '-1')],
    ['not_a_price', replaced('65432.10', ' 1')],
    ['not_a_price', replaced('65432.10', '01')],
    ['not_a_price', replaced('65432.10', '1.')],
    ['not_a_price', replaced('65432.10', '.5')],
    ['not_a_price', replaced('65432.10', '1,5')],
    ['not_a_price', replaced('65432.10', '1e999')],
    ['not_a_price', replaced('65432.10', 'NaN')],
    ['not_a_price', replaced('"65432.10"', 'null')],
  ] as const)('%s: %p, and the row stays', (result, text) => {
    kernel.batch.bid[4] = 77;
    expect(scanner.scan(0, text, 1, 4)).toBe(result);
    expect(kernel.batch.bid[4]).toBe(77);
  });

  test('nesting is passed over to the deepest level and no deeper', () => {
    const nested = (depth: number) =>
      `{"x":${'['.repeat(depth)}${']'.repeat(depth)},${GOOD.slice(1)}`;
    expect(scanner.scan(0, nested(SCAN_LIMITS.depth - 1), 1, 4)).toBe('accepted');
    expect(scanner.scan(0, nested(SCAN_LIMITS.depth), 1, 4)).toBe('too_deep');
  });

  test('the longest message is read, one byte more is not', () => {
    const longest = GOOD.padEnd(SCAN_LIMITS.messageBytes);
    const encoder = new TextEncoder();
    expect(scanner.scan(0, longest, 1, 4)).toBe('accepted');
    expect(scanner.scan(0, `${longest} `, 1, 4)).toBe('too_long');
    expect(scanner.scan(0, encoder.encode(longest), 1, 4)).toBe('accepted');
    expect(scanner.scan(0, encoder.encode(`${longest} `), 1, 4)).toBe('too_long');
  });

  test('names and calls out of bounds are refused', () => {
    expect(() => scanner.addName(0, 'BTCUSDT', 0)).toThrow(RangeError);
    expect(() => scanner.addName(0, 'X'.repeat(33), 0)).toThrow('1 to 32 bytes, got 33');
    expect(() => scanner.addName(0, '', 0)).toThrow('1 to 32 bytes, got 0');
    expect(() => scanner.addName(2, 'X', 0)).toThrow('shapeIndex');
    expect(() => scanner.addName(0, 'X', 4)).toThrow('symbolIndex');
    expect(() => scanner.scan(2, GOOD, 1, 0)).toThrow('shapeIndex');
    expect(() => scanner.scan(0, GOOD, 1, 4096)).toThrow('row');
    expect(() => scanner.setClockOffset(0, Number.NaN)).toThrow('offsetMs');
  });
});

test('shapes out of bounds are refused', () => {
  const kernel = createReferenceKernel(CAPACITY);
  const bid = (key: string): ScanShape => ({ ...PLAIN, keys: { ...PLAIN.keys, bid: key } });
  expect(() => createReferenceScanner(kernel, [])).toThrow('1 to 256 shapes');
  expect(() => createReferenceScanner(kernel, [bid('s')])).toThrow('two keys are the same');
  expect(() => createReferenceScanner(kernel, [bid('')])).toThrow('1 to 16 bytes, got 0');
  expect(() => createReferenceScanner(kernel, [bid('k'.repeat(17))])).toThrow('got 17');
  expect(() => createReferenceScanner(kernel, [{ ...PLAIN, exchangeIndex: 2 }])).toThrow('beyond');
  expect(() =>
    createWasmScanningKernel(module, CAPACITY, { shapes: SHAPES, namesCount: 0 }),
  ).toThrow('names, got 0');
});
