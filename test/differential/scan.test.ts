import { describe, expect, test } from 'bun:test';
import { createRandom, type Random } from '../../bench/random.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createReferenceScanner } from '../../src/kernel/reference-scan.ts';
import type { ScanShape } from '../../src/kernel/scan.ts';
import { createWasmScanningKernel } from '../../src/kernel/wasm-scan.ts';

const CAPACITY = { symbolsCount: 64, exchangesCount: 2, bookSlotsCount: 2, bookLevelsCount: 1 };
const SHAPE: ScanShape = {
  exchangeIndex: 0,
  keys: { symbol: 's', bid: 'b', bidSize: 'B', ask: 'a', askSize: 'A', timeMs: null },
  wrapper: 'data',
};
const NAMES = Array.from({ length: 64 }, (_, index) => `COIN${index * 7919}USDT`);

const wasm = createWasmScanningKernel(await loadKernelModule(), CAPACITY, {
  shapes: [SHAPE],
  namesCount: NAMES.length,
});
const referenceKernel = createReferenceKernel(CAPACITY);
const reference = {
  kernel: referenceKernel,
  scanner: createReferenceScanner(referenceKernel, [SHAPE]),
};
for (const [index, name] of NAMES.entries()) {
  wasm.scanner.addName(0, name, index);
  reference.scanner.addName(0, name, index);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.below(10)).join('');
}

/** Decimals as exchanges write them, and such as hardly fit a double. */
function createDecimal(random: Random): string {
  const whole = `${1 + random.below(9)}${digits(random, random.below(8))}`;
  const kind = random.below(10);
  if (kind < 5) return `${whole}.${digits(random, 1 + random.below(8))}`;
  if (kind === 5) return `0.${'0'.repeat(random.below(12))}${digits(random, 1 + random.below(12))}`;
  if (kind === 6) return `${whole}${digits(random, 8)}.${digits(random, 1 + random.below(14))}`;
  if (kind === 7) return String(9007199254740992n + BigInt(random.below(9) - 4));
  if (kind === 8) return `${whole}.${digits(random, 3)}00000000`;
  return `${whole}e${random.below(40) - 20}`;
}

function createMessage(random: Random): string {
  const value = () => {
    const text = createDecimal(random);
    return random.below(4) === 0 ? text : `"${text}"`;
  };
  const members = [
    `"u":${random.below(1e9)}`,
    `"s":"${NAMES[random.below(NAMES.length)]}"`,
    ...['b', 'B', 'a', 'A'].map((key) => `"${key}":${value()}`),
  ];
  const start = random.below(members.length);
  const quote = `{${[...members.slice(start), ...members.slice(0, start)].join(',')}}`;
  return random.below(3) === 0 ? `{"stream":"x@bookTicker","data":${quote}}` : quote;
}

function rowOf({ kernel: { batch } }: typeof wasm | typeof reference) {
  return [batch.symbolIndex, batch.bid, batch.bidSize, batch.ask, batch.askSize].map(
    (column) => column[0],
  );
}

/** `#` is a name, `$` a decimal. */
const COURSES = [
  '{"u":$,"s":"#","b":"$","B":"$","a":"$","A":"$"}',
  '{"stream":"btcusdt@bookTicker","data":{"u":$,"s":"#","b":"$","B":"$","a":"$","A":"$"}}',
  ' {"arg":{"channel":"a-longer-channel-name","s":"no"},"data":[{"t":true,"A":$,"last":"$","a":$ , "B":"$","x":[$,"y"],"b":"$","s":"#","e":{}}]}\n',
];

function fillHole(random: Random, hole: string): string {
  return hole === '#' ? (NAMES[random.below(NAMES.length)] ?? '') : createDecimal(random);
}

/** What `JSON.parse` and `Number` make of a message; the wrapper's quote, or its own. */
function parsedRow(text: string) {
  const parsed = JSON.parse(text);
  const inner = Array.isArray(parsed.data) ? parsed.data[0] : parsed.data;
  const quote = { ...parsed, ...inner };
  return [NAMES.indexOf(quote.s), ...[quote.b, quote.B, quote.a, quote.A].map(Number)];
}

describe('the WASM scanner', () => {
  test('gives the numbers of JSON.parse and Number, bit for bit, in 100,000 fields', () => {
    const random = createRandom(7);
    let differentCount = 0;
    for (let count = 0; count < 25_000; count += 1) {
      const text = createMessage(random);
      const isRead = wasm.scanner.scan(0, text, 1, 0) === 'accepted';
      const expected = parsedRow(text);
      if (!isRead || rowOf(wasm).some((value, at) => !Object.is(value, expected[at]))) {
        differentCount += 1;
      }
    }
    expect(differentCount).toBe(0);
  });

  test('answers as the reference does on damaged messages, and never takes what JSON.parse reads otherwise', () => {
    const random = createRandom(8);
    const wrong: string[] = [];
    let acceptedCount = 0;
    for (let count = 0; count < 40_000; count += 1) {
      const bytes = damage(random, encoder.encode(createMessage(random)));
      const result = wasm.scanner.scan(0, bytes, 1, 0);
      const expected = reference.scanner.scan(0, bytes, 1, 0);
      const text = decoder.decode(bytes);
      if (result !== expected) wrong.push(`${result}, not ${expected}: ${text}`);
      if (result !== 'accepted') continue;
      acceptedCount += 1;
      if (!Bun.deepEquals(rowOf(wasm), rowOf(reference), true)) wrong.push(`row: ${text}`);
      if (!Bun.deepEquals(rowOf(wasm), parsedRow(text), true)) wrong.push(`parsed: ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(acceptedCount).toBeGreaterThan(100);
  });

  test.each(COURSES)(
    'reads messages of one course, whole and damaged, as the reference does: %s',
    (course) => {
      const random = createRandom(11);
      const wrong: string[] = [];
      let acceptedCount = 0;
      for (let count = 0; count < 8_000; count += 1) {
        const text = course.replaceAll(/[$#]/g, (hole) => fillHole(random, hole));
        const whole = encoder.encode(text);
        const bytes = count % 2 === 0 ? whole : damage(random, whole);
        const result = wasm.scanner.scan(0, bytes, 1, 0);
        const expected = reference.scanner.scan(0, bytes, 1, 0);
        if (result !== expected) wrong.push(`${result}, not ${expected}: ${decoder.decode(bytes)}`);
        if (result !== 'accepted') continue;
        acceptedCount += 1;
        if (!Bun.deepEquals(rowOf(wasm), rowOf(reference), true)) wrong.push(decoder.decode(bytes));
      }
      expect(wrong).toEqual([]);
      expect(acceptedCount).toBeGreaterThan(3_900);
    },
  );

  test('refuses every truncated message', () => {
    const random = createRandom(9);
    const taken: string[] = [];
    for (let count = 0; count < 100; count += 1) {
      const text = createMessage(random);
      for (let length = 0; length < text.length; length += 1) {
        const part = text.slice(0, length);
        const result = wasm.scanner.scan(0, part, 1, 0);
        if (result === 'accepted' || reference.scanner.scan(0, part, 1, 0) !== result) {
          taken.push(part);
        }
      }
    }
    expect(taken).toEqual([]);
  });

  test('survives garbage', () => {
    const random = createRandom(10);
    let acceptedCount = 0;
    for (let count = 0; count < 20_000; count += 1) {
      const bytes = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
      if (wasm.scanner.scan(0, bytes, 1, 0) === 'accepted') acceptedCount += 1;
    }
    expect(acceptedCount).toBe(0);
  });
});

const PIECES = '{}[]":,.0123456789eE+-\\ntfub"sBaA \0'.split('');

/** One to three bytes replaced, inserted, removed or a part repeated. */
function damage(random: Random, bytes: Uint8Array): Uint8Array {
  let damaged = [...bytes];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const at = random.below(damaged.length);
    const piece = (PIECES[random.below(PIECES.length)] ?? ' ').charCodeAt(0);
    const kind = random.below(4);
    if (kind === 0) damaged[at] = piece;
    else if (kind === 1) damaged.splice(at, 0, piece);
    else if (kind === 2) damaged.splice(at, 1);
    else damaged = [...damaged.slice(0, at), ...damaged.slice(random.below(damaged.length))];
  }
  return Uint8Array.from(damaged);
}
