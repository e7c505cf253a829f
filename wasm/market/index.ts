/** The detection kernel: what the host may call and read. Contract: `src/kernel/kernel.ts`. */

export { commitBook } from './books';
export * from './layout';
export { screenPairs } from './pairs';
export { applyQuotes, clearExchange, clearMarket, setTakerRatio } from './quotes';
export { screenAll, screenDirty } from './screen';
export { sizePair } from './size-pair';
