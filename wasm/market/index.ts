/** The detection kernel: what the host may call and read. Contract: `src/kernel/kernel.ts`. */

export { commitBook } from './books';
export { costPair } from './cost-pair';
export { auditCycles } from './cycle-audit';
export { screenDirtyPairs } from './cycle-dirty';
export { findCycle } from './cycle-find';
export * from './cycle-layout';
export { applyRates, clearCycleExchange, judgeAll } from './cycle-rates';
export { sweepCycles } from './cycle-sweep';
export * from './layout';
export { screenPairs } from './pairs';
export { applyQuotes, clearExchange, clearMarket, setTakerRatio } from './quotes';
export { addScanName, scanMessage, setScanOffset } from './scan';
export * from './scan-layout';
export { screenAll, screenDirty } from './screen';
export { sizePair } from './size-pair';
