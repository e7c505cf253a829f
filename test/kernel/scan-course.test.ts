import { describe, expect, test } from 'bun:test';
import { toCourse } from '../../src/kernel/scan-course.ts';

const SLOTS = new Map([
  ['s', 0],
  ['b', 1],
  ['a', 3],
]);
const course = (text: string, wrapper: string | null = null) => toCourse(text, SLOTS, wrapper);

describe('the course of a message', () => {
  test('is what lies between its values, and which value comes behind', () => {
    expect(course('{"u":1,"s":"BTC","b":"1.5","a":2}')).toEqual([
      { literal: '{"u":', value: 'number' },
      { literal: ',"s":"', value: 0 },
      { literal: '","b":"', value: 1 },
      { literal: '","a":', value: 3 },
      { literal: '}', value: 'nothing' },
    ]);
  });

  test('is cut into pieces of sixteen bytes', () => {
    expect(course('{"sixteen-bytes":true ,"s":"X"}')?.slice(0, 2)).toEqual([
      { literal: '{"sixteen-bytes"', value: 'nothing' },
      { literal: ':true ,"s":"', value: 0 },
    ]);
    expect(course('{"fourteen---":"X"}')?.[0]).toEqual({
      literal: '{"fourteen---":"',
      value: 'text',
    });
  });

  test('has slots in the message and in its wrapper, and none in what is passed over', () => {
    const values = (text: string) =>
      course(text, 'data')
        ?.map(({ value }) => value)
        .filter((value) => value !== 'nothing');
    expect(values('{"s":"X","data":{"b":1,"data":{"a":2}}}')).toEqual([0, 1, 'number']);
    expect(values('{"data":[{"s":"X","b":1,"a":2}],"o":{"s":"Y"}}')).toEqual([0, 1, 3, 'text']);
  });

  test.each(['{"s":"X","n":-1}', '{"s":"a\\nb"}'])('%p has none', (text) => {
    expect(course(text)).toBeNull();
  });
});
