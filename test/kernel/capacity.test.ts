import { expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../src/domain/errors.ts';
import {
  checkCapacity,
  KERNEL_LIMITS,
  toHitsCapacity,
  toRowStride,
} from '../../src/kernel/capacity.ts';
import type { KernelCapacity } from '../../src/kernel/kernel.ts';
import { createReference, describeKernels } from '../support/kernels.ts';

const SMALL: KernelCapacity = {
  symbolsCount: 1,
  exchangesCount: 2,
  bookSlotsCount: 2,
  bookLevelsCount: 1,
};

function codeOf(capacity: KernelCapacity): string {
  try {
    checkCapacity(capacity);
    return 'accepted';
  } catch (error) {
    return isSpreadscopeError(error) ? error.code : String(error);
  }
}

test.each(Object.entries(KERNEL_LIMITS))('%s is accepted within its bounds only', (name, limit) => {
  expect(codeOf({ ...SMALL, [name]: limit.min })).toBe('accepted');
  expect(codeOf({ ...SMALL, [name]: limit.max })).toBe('accepted');
  expect(codeOf({ ...SMALL, [name]: limit.min - 1 })).toBe('kernel_capacity');
  expect(codeOf({ ...SMALL, [name]: limit.max + 1 })).toBe('kernel_capacity');
  expect(codeOf({ ...SMALL, [name]: limit.min + 0.5 })).toBe('kernel_capacity');
});

test('a count that is not a number is a type error', () => {
  expect(() => checkCapacity({ ...SMALL, symbolsCount: '4' as unknown as number })).toThrow(
    new TypeError('kernel capacity.symbolsCount: expected a number, got string'),
  );
});

test('a state of more than 2 GiB is refused with its size', () => {
  const capacity = { ...SMALL, bookSlotsCount: 65_536, bookLevelsCount: 10_000 };
  expect(() => checkCapacity(capacity)).toThrow('expected at most 2147483648 bytes of state');
});

test('rows are padded to four exchanges, and hits hold a symbol each or all pairs of one', () => {
  expect([2, 4, 5, 64].map(toRowStride)).toEqual([4, 4, 8, 64]);
  expect(toHitsCapacity({ ...SMALL, exchangesCount: 3 })).toBe(6);
  expect(toHitsCapacity({ ...SMALL, symbolsCount: 100 })).toBe(100);
});

describeKernels('a kernel', (create) => {
  test('has the capacity it was asked for', () => {
    const kernel = create({ symbolsCount: 4096, exchangesCount: 64, bookLevelsCount: 100 });
    expect(kernel.capacity).toEqual({
      symbolsCount: 4096,
      exchangesCount: 64,
      bookSlotsCount: 2,
      bookLevelsCount: 100,
    });
    expect(kernel.hits.edgeRatio).toHaveLength(4096);
  });

  test('refuses a capacity out of bounds', () => {
    expect(() => create({ exchangesCount: 1 })).toThrow(
      'kernel capacity.exchangesCount: expected a whole number from 2 to 256, got 1',
    );
  });
});

test('kernels of their own do not share state', () => {
  const one = createReference();
  const other = createReference();
  one.setTakerRatio(0, 0, 0.5);
  one.batch.bid[0] = 7;
  expect(other.batch.bid[0]).toBe(0);
});
