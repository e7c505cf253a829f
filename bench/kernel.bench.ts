/** What screening and sizing cost, against how they are commonly done. */

import { loadKernelModule } from '../src/kernel/load-file.ts';
import { createReferenceKernel } from '../src/kernel/reference.ts';
import { createWasmKernel } from '../src/kernel/wasm.ts';
import { defineBench } from './bench.ts';
import { createBookRows, RECORDED_LEVELS_COUNT } from './kernel/book-rows.ts';
import { createScreenRows, EXCHANGES_COUNT, SYMBOLS_COUNT } from './kernel/screen-rows.ts';

const CAPACITY = {
  symbolsCount: SYMBOLS_COUNT,
  exchangesCount: EXCHANGES_COUNT,
  bookSlotsCount: 3,
  bookLevelsCount: RECORDED_LEVELS_COUNT,
};

export const bench = defineBench({
  name: 'kernel',
  rows: async () => {
    const module = await loadKernelModule();
    const createKernels = () => [
      createReferenceKernel(CAPACITY),
      createWasmKernel(module, CAPACITY),
    ];
    return [...createScreenRows(createKernels), ...(await createBookRows(createKernels))];
  },
});
