import { expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  emptyTraceState,
  MAX_TRACESTATE_CHARS,
  parseTraceState,
} from '../../../src/telemetry/propagate/trace-state.ts';

const ALL_KEY_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/@';
const ALL_VALUE_CHARACTERS = Array.from({ length: 0x7f - 0x20 }, (_, index) =>
  String.fromCharCode(0x20 + index),
)
  .filter((character) => character !== ',' && character !== '=')
  .join('');

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}=${index}`).join(',');
}

test.each([
  ['two members', 'foo=1,bar=2', 'foo=1,bar=2'],
  ['whitespace around members', ' foo=1 \t , \t bar=2\t', 'foo=1,bar=2'],
  ['empty and blank members', ',foo=1,, \t ,bar=2,', 'foo=1,bar=2'],
  ['nothing', '', ''],
  ['only commas', ' , ,\t', ''],
  ['a key that starts with a digit', '1a=1', '1a=1'],
  ['at signs after the first place', 'foo@=1,foo@@bar=2,a@b@c=3', 'foo@=1,foo@@bar=2,a@b@c=3'],
  ['every legal character', `${ALL_KEY_CHARACTERS}=${ALL_VALUE_CHARACTERS}`, undefined],
  ['spaces at the start of a value', 'foo=  1', 'foo=  1'],
  ['a key of 256 characters', `${'z'.repeat(256)}=1`, undefined],
  ['a long part behind the at sign', `t@${'v'.repeat(254)}=1`, undefined],
  ['a value of 256 characters', `foo=${'x'.repeat(256)}`, undefined],
  ['32 members', members(32), undefined],
  ['32 members and empty ones', `${members(32)},,,`, members(32)],
  ['a key that comes twice: the leftmost stays', 'foo=1,bar=2,foo=3', 'foo=1,bar=2'],
])('%s: accepted', (_title, header, serialized) => {
  expect(parseTraceState(header)?.serialize()).toBe(serialized ?? header);
});

test.each([
  ['a space in a key', 'foo =1'],
  ['a capital in a key', 'FOO=1'],
  ['a dot in a key', 'foo.bar=1'],
  ['an at sign first', '@foo=1,bar=2'],
  ['an underscore first', '_foo=1'],
  ['an empty key', '=1'],
  ['no equals sign', 'foo'],
  ['an empty value', 'foo=,bar=3'],
  ['a second equals sign', 'foo=bar=baz'],
  ['a tab in a value', 'foo=a\tb'],
  ['a letter beyond ASCII in a value', 'foo=é'],
  ['a control character in a value', 'foo=a\u007fb'],
  ['a key of 257 characters', `foo=1,${'z'.repeat(257)}=1`],
  ['a value of 257 characters', `foo=${'x'.repeat(257)}`],
  ['33 members', members(33)],
  ['33 members of one key', Array(33).fill('foo=1').join(',')],
])('%s: the whole list is discarded', (_title, header) => {
  expect(parseTraceState(header)).toBeNull();
});

test('a header of 32,768 characters is the longest that is read', () => {
  expect(parseTraceState('foo=1'.padEnd(MAX_TRACESTATE_CHARS, ','))?.get('foo')).toBe('1');
  expect(parseTraceState('foo=1'.padEnd(MAX_TRACESTATE_CHARS + 1, ','))).toBeNull();
});

test('a changed member moves to the front, and the rightmost gives way to a 33rd', () => {
  const full = parseTraceState(members(32));
  const changed = full?.set('k3', 'new');
  expect(changed?.serialize().startsWith('k3=new,k0=0,k1=1,k2=2,k4=4')).toBe(true);
  expect(changed?.serialize().split(',')).toHaveLength(32);
  const added = full?.set('ot', 'th:8');
  expect(added?.serialize().startsWith('ot=th:8,k0=0')).toBe(true);
  expect(added?.get('k30')).toBe('30');
  expect(added?.get('k31')).toBeUndefined();
});

test('a list never changes: set and unset give new ones', () => {
  const first = emptyTraceState().set('a', '1');
  expect(first.set('b', '2').unset('a').serialize()).toBe('b=2');
  expect(first.serialize()).toBe('a=1');
  expect(emptyTraceState().serialize()).toBe('');
});

test('a member that breaks the grammar is not added', () => {
  const state = emptyTraceState().set('a', '1');
  expect(state.set('A', '1')).toBe(state);
  expect(state.set('b', 'x,y')).toBe(state);
  expect(state.set('b', '')).toBe(state);
  expect(state.set('b', 'ends in space ')).toBe(state);
});

test('whatever comes in, what goes out is read back as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'az09_-*/@=, \tA.') }), (header) => {
      const serialized = parseTraceState(header)?.serialize();
      if (serialized !== undefined) {
        expect(parseTraceState(serialized)?.serialize()).toBe(serialized);
      }
    }),
    { seed: 2, numRuns: 1000 },
  );
});
