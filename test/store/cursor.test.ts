import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromCursor, toCursor } from '../../src/store/cursor.ts';

describe('a cursor', () => {
  test('comes back as the key it was made from, in URL-safe characters', () => {
    const time = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((ms) => !Object.is(ms, -0));
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(time, id, (openedAtMs, key) => {
        fc.pre(!key.includes('\0'));
        const cursor = toCursor({ openedAtMs, id: key });
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        fc.pre(cursor.length <= 512);
        expect(fromCursor(cursor)).toEqual({ openedAtMs, id: key });
      }),
    );
  });

  const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
  const refused: Readonly<Record<string, string>> = {
    empty: '',
    'not base64url': 'a+b/c=',
    'not JSON': btoa('hello'),
    'not UTF-8': btoa('\xff\xfe'),
    'an object': encode({ openedAtMs: 1, id: 'a' }),
    'too short a list': encode([1]),
    'too long a list': encode([1, 'a', 2]),
    'a time that is text': encode(['1', 'a']),
    'a time that is null': encode([null, 'a']),
    'an id that is a number': encode([1, 2]),
    'an empty id': encode([1, '']),
    'an id with NUL': encode([1, 'a\0']),
    'longer than 512 characters': encode([1, 'a'.repeat(600)]),
  };
  for (const [what, cursor] of Object.entries(refused)) {
    test(`is refused when it is ${what}`, () => {
      expect(() => fromCursor(cursor)).toThrow(RangeError);
    });
  }
});
