import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import { writeBatch } from '../../src/store/batch.ts';

const rejected = () => new SpreadscopeError('store_rejected', 'store: refused');
const away = () => new SpreadscopeError('store_unavailable', 'store: away');

describe('writing a batch', () => {
  test('takes one write when all is well', async () => {
    let writesCount = 0;
    const result = await writeBatch([1, 2, 3], async () => {
      writesCount += 1;
    });
    expect(result).toEqual({ written: [1, 2, 3], refused: [], fenced: [], left: [], faults: [] });
    expect(writesCount).toBe(1);
  });

  test('leaves the whole batch when the database is away, after one write', async () => {
    const fault = away();
    const result = await writeBatch([1, 2, 3], () => Promise.reject(fault));
    expect(result).toEqual({
      written: [],
      refused: [],
      fenced: [],
      left: [1, 2, 3],
      faults: [fault],
    });
  });

  test('finds the bad items, whichever they are, writes all others in order, and loses none', async () => {
    const items = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(items, fc.func(fc.boolean()), async (batch, isBad) => {
        const stored: number[] = [];
        const result = await writeBatch(batch, async (some) => {
          if (some.some((item) => isBad(item))) throw rejected();
          stored.push(...some);
        });
        expect(result.refused).toEqual(batch.filter((item) => isBad(item)));
        expect(result.written).toEqual(batch.filter((item) => !isBad(item)));
        expect(stored).toEqual([...result.written]);
        expect(result.left).toEqual([]);
      }),
      { seed: 1 },
    );
  });

  test('tries no more once the database has gone, and accounts for every item', async () => {
    const batch = Array.from({ length: 16 }, (_, index) => index);
    for (let goneAfterCount = 1; goneAfterCount < 9; goneAfterCount += 1) {
      let writesCount = 0;
      const result = await writeBatch(batch, async (some) => {
        writesCount += 1;
        if (writesCount > goneAfterCount) throw away();
        if (some.includes(5)) throw rejected();
      });
      const { written, refused, left } = result;
      expect([...written, ...refused, ...left].sort((a, b) => a - b)).toEqual(batch);
      expect(writesCount).toBeLessThanOrEqual(goneAfterCount + 1);
    }
  });
});
