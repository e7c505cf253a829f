import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import type { OpenBytes } from '../../../src/feed/recording/format.ts';
import { readRecording } from '../../../src/feed/recording/read-recording.ts';
import {
  bookLine,
  collect,
  HEADER_LINE,
  marketLine,
  openBytes,
  openLines,
  quoteLine,
} from './lines.ts';

const LINES = [
  HEADER_LINE,
  marketLine('a', 'BTC/USDT'),
  quoteLine('a', 'BTC/USDT', 1),
  bookLine('a', 'BTC/USDT', 2),
];

async function refusal(open: OpenBytes, maxLineBytes?: number): Promise<string> {
  try {
    await collect(readRecording(open(), maxLineBytes === undefined ? {} : { maxLineBytes }));
  } catch (error) {
    if (isSpreadscopeError(error, 'recording_invalid')) return error.message;
    throw error;
  }
  return 'accepted';
}

async function readSkipping(open: OpenBytes) {
  const bad: string[] = [];
  const onBadLine = (error: Error) => bad.push(error.message);
  const lines = await collect(readRecording(open(), { onBadLine }));
  return { types: lines.map((line) => line.type), bad };
}

const gzip = (lines: readonly string[]): Uint8Array => Bun.gzipSync(lines.join('\n'));

describe('reading a recording', () => {
  test('lines come out the same however the bytes are cut', async () => {
    const whole = await collect(readRecording(openLines(LINES)()));
    expect(whole.map((line) => line.type)).toEqual(['header', 'market', 'quote', 'book']);
    for (const chunkBytes of [1, 2, 7, 64]) {
      expect(await collect(readRecording(openLines(LINES, chunkBytes)()))).toEqual(whole);
    }
  });

  test('gzip is recognised by its bytes, in chunks of any size', async () => {
    const whole = await collect(readRecording(openLines(LINES)()));
    for (const chunkBytes of [1, 5, 1000]) {
      expect(await collect(readRecording(openBytes(gzip(LINES), chunkBytes)()))).toEqual(whole);
    }
  });

  test('gzip that is cut off or damaged is refused', async () => {
    const packed = gzip(LINES);
    expect(await refusal(openBytes(packed.subarray(0, packed.length - 9)))).toStartWith('gzip:');
    const damaged = packed.map((byte, index) => (index === 30 ? byte ^ 0xff : byte));
    expect(await refusal(openBytes(damaged))).not.toBe('accepted');
  });

  test('gzip that is cut off is read as far as it goes when bad lines are skipped', async () => {
    const quotes = Array.from({ length: 5_000 }, (_, index) =>
      quoteLine('a', 'BTC/USDT', index, String(Math.imul(index, 2_654_435_761) >>> 0)),
    );
    const packed = gzip([...LINES.slice(0, 2), ...quotes]);
    const half = openBytes(packed.subarray(0, packed.length / 2), 4_096);
    const { types, bad } = await readSkipping(half);
    expect(types.length).toBeGreaterThan(1_000);
    expect(types.length).toBeLessThan(4_000);
    expect(bad[0]).toStartWith('gzip: damaged or cut off');
    expect(bad.length).toBeLessThanOrEqual(2);
  });

  test('a last line without a line feed, empty lines and carriage returns are accepted', async () => {
    const text = `${LINES.slice(0, 2).join('\r\n')}\r\n\r\n\n${LINES[2]}`;
    const lines = await collect(readRecording(openBytes(new TextEncoder().encode(text))()));
    expect(lines.map((line) => line.type)).toEqual(['header', 'market', 'quote']);
  });

  test('a bad line is refused with its number in the file and its field', async () => {
    const lines = [...LINES, '', quoteLine('a', 'BTC/USDT', 3).replace('"100"', '"x"')];
    expect(await refusal(openLines(lines))).toBe(
      'line 6: bid: expected a decimal of at least 0, got "x"',
    );
  });

  test.each([
    ['an empty file', [], 'line 1: expected the header of a recording, got an empty file'],
    [
      'a file without header',
      LINES.slice(1),
      'line 1: type: expected the header (recording) first, got market',
    ],
    [
      'a second header',
      [...LINES, HEADER_LINE],
      'line 5: type: expected market, quote, book or funding, got a second header',
    ],
    [
      'an update before its market',
      [HEADER_LINE, quoteLine('a', 'BTC/USDT', 1)],
      'line 2: symbol: expected a market line for BTC/USDT on a before this line',
    ],
    [
      'a market described twice',
      [...LINES, marketLine('a', 'BTC/USDT')],
      'line 5: symbol: BTC/USDT on a was described before',
    ],
    [
      'a time that goes back',
      [...LINES, quoteLine('a', 'BTC/USDT', 1.5)],
      'line 5: receivedAtMs: expected at least 2, got 1.5',
    ],
  ])('%s is refused', async (_what, lines, message) => {
    expect(await refusal(openLines(lines))).toBe(message);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const text = new TextEncoder().encode(`${HEADER_LINE}\n`);
    const bytes = new Uint8Array([...text, 0x22, 0xff, 0x22, 0x0a]);
    expect(await refusal(openBytes(bytes))).toBe('line 2: expected UTF-8, got other bytes');
  });

  test('the longest line is accepted and one byte more is refused, in chunks of any size', async () => {
    const longest = Math.max(...LINES.map((line) => line.length));
    for (const chunkBytes of [3, 1000]) {
      expect(await refusal(openLines(LINES, chunkBytes), longest)).toBe('accepted');
      expect(await refusal(openLines(LINES, chunkBytes), longest - 1)).toContain(
        `expected at most ${longest - 1} bytes`,
      );
    }
  });

  test('a long line is skipped without its bytes being kept, and the next one is read', async () => {
    const bad: string[] = [];
    const lines = [HEADER_LINE, 'x'.repeat(5_000), marketLine('a', 'BTC/USDT')];
    const read = readRecording(openLines(lines, 100)(), {
      maxLineBytes: 1_000,
      onBadLine: (error) => bad.push(error.message),
    });
    expect((await collect(read)).map((line) => line.type)).toEqual(['header', 'market']);
    expect(bad).toEqual(['line 2: expected at most 1000 bytes, got a longer line']);
  });

  test('bad lines are counted instead when they are skipped, and the good ones stay', async () => {
    const lines = [
      HEADER_LINE,
      'garbage',
      marketLine('a', 'BTC/USDT'),
      quoteLine('a', 'BTC/USDT', 5),
      quoteLine('a', 'BTC/USDT', 4),
      quoteLine('b', 'BTC/USDT', 6),
      quoteLine('a', 'BTC/USDT', 6),
    ];
    const { types, bad } = await readSkipping(openLines(lines));
    expect(types).toEqual(['header', 'market', 'quote', 'quote']);
    expect(bad.map((message) => message.slice(0, 6))).toEqual(['line 2', 'line 5', 'line 6']);
  });

  test('a bad header ends the reading even when bad lines are skipped', async () => {
    const lines = [HEADER_LINE.replace('"version":1', '"version":2'), ...LINES.slice(1)];
    await expect(readSkipping(openLines(lines))).rejects.toThrow(
      'line 1: version: expected 1, got 2',
    );
  });

  test('a recording with any bytes changed reads as lines and counted bad lines, or is refused with a line', async () => {
    const valid = new TextEncoder().encode(LINES.map((line) => `${line}\n`).join(''));
    const changes = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const bytes = valid.slice();
        for (const [index, byte] of list) bytes[index] = byte;
        const message = await readSkipping(openBytes(bytes)).then(
          ({ types }) => `first is ${types[0]}`,
          (error: unknown) =>
            isSpreadscopeError(error, 'recording_invalid') ? error.message : error,
        );
        expect(message).toMatch(/^(first is header$|line \d+: |gzip: )/);
      }),
      { numRuns: 200 },
    );
  });

  test('any bytes after the header are either lines or counted, never another error', async () => {
    const header = new TextEncoder().encode(`${HEADER_LINE}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        async (garbage, chunkBytes) => {
          const bytes = new Uint8Array([...header, ...garbage]);
          const { types, bad } = await readSkipping(openBytes(bytes, chunkBytes));
          const filled = [...garbage].length === 0 ? 0 : countLines(garbage);
          expect(types[0]).toBe('header');
          expect(types.length - 1 + bad.length).toBeLessThanOrEqual(filled);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function countLines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
}
