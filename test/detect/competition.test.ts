import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Competitor, findCompetition } from '../../src/detect/competition.ts';

const taker = (id: string, sizeInBase: string, side: 'buy' | 'sell' = 'buy'): Competitor => ({
  id,
  legs: [{ side, exchange: 'x', symbol: 'A/B', sizeInBase }],
});

const BEST_3 = () => 3;

describe('what competes for the same liquidity', () => {
  test('is free up to the best level, and exclusive from there on', () => {
    const both = (size: string) => findCompetition([taker('1', '2'), taker('2', size)], BEST_3);
    expect(both('1').get('1')).toEqual({ exclusive: false, competitorsCount: 0, competesWith: [] });
    expect(both('1.000000000000000001').get('1')).toEqual({
      exclusive: true,
      competitorsCount: 1,
      competesWith: ['2'],
    });
    expect(both('1.000000000000000001').get('2')?.competesWith).toEqual(['1']);
  });

  test('is free alone, whatever it takes, and on the other side of the book', () => {
    expect(findCompetition([taker('1', '900')], BEST_3).get('1')?.exclusive).toBe(false);
    const sides = findCompetition([taker('1', '900'), taker('2', '900', 'sell')], BEST_3);
    expect([...sides.values()].map(({ exclusive }) => exclusive)).toEqual([false, false]);
  });

  test('competes where it is not known what the book holds', () => {
    const unknown = findCompetition([taker('1', '1'), taker('2', '1')], () => null);
    expect(unknown.get('2')?.exclusive).toBe(true);
  });

  test('is told up to 16 competitors, and counted beyond', () => {
    const many = Array.from({ length: 20 }, (_, index) => taker(`${index + 10}`, '1'));
    const competition = findCompetition(many, BEST_3).get('10');
    expect(competition?.competitorsCount).toBe(19);
    expect(competition?.competesWith).toEqual(many.slice(1, 17).map(({ id }) => id));
  });

  const SIDES = ['p', 'q', 'r'].flatMap((symbol) =>
    (['buy', 'sell'] as const).map((side) => ({ side, exchange: 'x', symbol })),
  );
  const levels = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
  const competitor = fc.record({
    sides: fc.shuffledSubarray(SIDES, { minLength: 1, maxLength: 3 }),
    sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 3 }),
  });

  /** What `size` takes from each level, best first. */
  function takenFrom(sizes: readonly number[], size: number): readonly number[] {
    let left = size;
    return sizes.map((held) => {
      const taken = Math.min(left, held);
      left -= taken;
      return taken;
    });
  }

  test('no set without exclusive ones uses more of a level than it holds, and no exclusive one is so without need', () => {
    let [exclusiveCount, freeCount] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(levels, { minLength: SIDES.length, maxLength: SIDES.length }),
        fc.array(competitor, { minLength: 1, maxLength: 8 }),
        (books, given) => {
          const depthOf = (leg: { readonly side: string; readonly symbol: string }) =>
            books[
              SIDES.findIndex(({ side, symbol }) => side === leg.side && symbol === leg.symbol)
            ] ?? [];
          const open: readonly Competitor[] = given.map(({ sides, sizes }, index) => ({
            id: String(index),
            legs: sides.map((side, leg) => {
              const depth = depthOf(side).reduce((sum, size) => sum + size, 0);
              return { ...side, sizeInBase: String(Math.min(sizes[leg] ?? 1, depth)) };
            }),
          }));
          const found = findCompetition(open, (leg) => depthOf(leg)[0] ?? null);
          const overusedBy = (some: readonly Competitor[]) =>
            SIDES.filter((side) => {
              const takers = some.flatMap(({ legs }) =>
                legs.filter((leg) => leg.side === side.side && leg.symbol === side.symbol),
              );
              const taken = takers.map((leg) => takenFrom(depthOf(side), Number(leg.sizeInBase)));
              return depthOf(side).some(
                (held, level) => taken.reduce((sum, each) => sum + (each[level] ?? 0), 0) > held,
              );
            });
          const free = open.filter(({ id }) => found.get(id)?.exclusive === false);
          expect(overusedBy(free)).toEqual([]);
          const overused = overusedBy(open);
          for (const each of open.filter(({ id }) => found.get(id)?.exclusive === true)) {
            exclusiveCount += 1;
            const uses = ({ side, symbol }: { readonly side: string; readonly symbol: string }) =>
              each.legs.some((leg) => leg.side === side && leg.symbol === symbol);
            expect(overused.some(uses)).toBe(true);
          }
          freeCount += free.length;
        },
      ),
      { numRuns: 300, seed: 17 },
    );
    expect(exclusiveCount).toBeGreaterThan(100);
    expect(freeCount).toBeGreaterThan(100);
  });
});
