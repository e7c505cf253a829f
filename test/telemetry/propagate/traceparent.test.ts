import { expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  FLAG_RANDOM,
  FLAG_SAMPLED,
  formatTraceparent,
  parseTraceparent,
} from '../../../src/telemetry/propagate/traceparent.ts';

const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';

test('a version-00 header gives its ids and the two known flags', () => {
  expect(parseTraceparent(`00-${TRACE}-${PARENT}-01`)).toEqual({
    traceId: TRACE,
    parentId: PARENT,
    flags: FLAG_SAMPLED,
  });
  expect(parseTraceparent(`00-${TRACE}-${PARENT}-02`)?.flags).toBe(FLAG_RANDOM);
  expect(parseTraceparent(`00-${TRACE}-${PARENT}-ff`)?.flags).toBe(FLAG_SAMPLED | FLAG_RANDOM);
});

test('spaces and tabs around the header are ignored', () => {
  for (const [before, after] of [
    [' ', ''],
    ['\t', ''],
    ['', ' '],
    ['', '\t'],
    ['\t ', ' \t'],
  ]) {
    expect(parseTraceparent(`${before}00-${TRACE}-${PARENT}-01${after}`)?.traceId).toBe(TRACE);
  }
  expect(parseTraceparent(`\u00a000-${TRACE}-${PARENT}-01`)).toBeNull();
});

test('a later version is read when what follows the flags begins with a dash', () => {
  expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01`)?.traceId).toBe(TRACE);
  expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01-what-comes`)?.traceId).toBe(TRACE);
  expect(parseTraceparent(`fe-${TRACE}-${PARENT}-03-`)?.flags).toBe(FLAG_SAMPLED);
  expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01.what-comes`)).toBeNull();
  const twice = `cc-${TRACE}-${PARENT}-01-x, cc-${TRACE}-${PARENT}-01-y`;
  expect(parseTraceparent(twice)).toBeNull();
  expect(parseTraceparent(`cc-${TRACE}-${PARENT}-0`)).toBeNull();
});

test('a header of 512 characters is the longest that is read', () => {
  const header = `01-${TRACE}-${PARENT}-01-`;
  expect(parseTraceparent(header.padEnd(512, 'x'))?.traceId).toBe(TRACE);
  expect(parseTraceparent(header.padEnd(513, 'x'))).toBeNull();
});

test.each([
  ['an empty header', ''],
  ['version ff', `ff-${TRACE}-${PARENT}-01`],
  ['a version with a dot first', `.0-${TRACE}-${PARENT}-01`],
  ['a version with a dot last', `0.-${TRACE}-${PARENT}-01`],
  ['a version of one digit', `0-${TRACE}-${PARENT}-01`],
  ['a version of three digits', `000-${TRACE}-${PARENT}-01`],
  ['a version in capitals', `CC-${TRACE}-${PARENT}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['a trace id in capitals', `00-${TRACE.slice(1)}A-${PARENT}-01`],
  ['a trace id of 31 digits', `00-${TRACE.slice(1)}-${PARENT}-01`],
  ['a trace id of 33 digits', `00-${TRACE}3-${PARENT}-01`],
  ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a parent id with a dot', `00-${TRACE}-.${PARENT.slice(1)}-01`],
  ['a parent id of 15 digits', `00-${TRACE}-${PARENT.slice(1)}-01`],
  ['a parent id of 17 digits', `00-${TRACE}-${PARENT}7-01`],
  ['flags with a dot', `00-${TRACE}-${PARENT}-.0`],
  ['flags of one digit', `00-${TRACE}-${PARENT}-1`],
  ['flags of three digits', `00-${TRACE}-${PARENT}-001`],
  ['version 00 with more behind it', `00-${TRACE}-${PARENT}-01-more`],
  ['version 00 with a final dash', `00-${TRACE}-${PARENT}-01-`],
  ['two headers joined', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
  ['a line break at the end', `00-${TRACE}-${PARENT}-01\n`],
])('%s is refused', (_title, header) => {
  expect(parseTraceparent(header)).toBeNull();
});

test('what is written is read back, and unknown flags are zero', () => {
  const hex = (length: number) =>
    fc
      .string({
        unit: fc.constantFrom(...'0123456789abcdef'),
        minLength: length,
        maxLength: length,
      })
      .filter((text) => /[^0]/.test(text));
  fc.assert(
    fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, flags) => {
      const header = formatTraceparent({ traceId, spanId, traceFlags: flags }, flags);
      expect(parseTraceparent(header)).toEqual({ traceId, parentId: spanId, flags: flags & 3 });
      expect(header).toHaveLength(55);
    }),
    { seed: 1, numRuns: 200 },
  );
});
