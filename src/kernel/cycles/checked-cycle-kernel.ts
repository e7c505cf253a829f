/** Checks of the cycle kernel's arguments, and the names of its counters. */

import { at } from '../at.ts';
import { checkCount, checkIndex, checkRange, checkWindow } from '../checks.ts';
import { CYCLE_WORK, type CycleCore } from './cycle-core.ts';
import { CYCLE_HITS_CAPACITY, RATE_BATCH_CAPACITY } from './cycle-graph.ts';
import {
  type CycleAuditParams,
  type CycleGraph,
  type CycleKernel,
  type CycleParams,
  type CycleWork,
  MAX_LEGS,
} from './cycle-kernel.ts';

/** A kernel over `core`, whose arrays have room for `graph` (already checked). */
export function createCheckedCycleKernel(core: CycleCore, graph: CycleGraph): CycleKernel {
  return {
    name: core.name,
    graph,
    batch: core.batch,
    batchCapacityCount: RATE_BATCH_CAPACITY,
    hits: core.hits,
    applyRates: (count, window) => {
      checkCount('count', count, RATE_BATCH_CAPACITY);
      checkWindow(window);
      const before = at(core.work, CYCLE_WORK.ratesInvalid);
      const badRow = core.applyRates(count, window);
      if (badRow >= 0) throw badBatchRow(core, graph, badRow);
      return at(core.work, CYCLE_WORK.ratesInvalid) - before;
    },
    judgeAll: (window) => {
      checkWindow(window);
      core.judgeAll(window);
    },
    clearExchange: (exchangeIndex, window) => {
      checkIndex('exchangeIndex', exchangeIndex, graph.exchangesCount);
      checkWindow(window);
      core.clearExchange(exchangeIndex, window);
    },
    readConversion: (conversionIndex) => {
      checkIndex('conversionIndex', conversionIndex, graph.pairs.length * 2);
      return core.readConversion(conversionIndex);
    },
    sweep: (params) => {
      checkCycleParams(params);
      return core.sweep(params);
    },
    screenDirty: (params) => {
      checkCycleParams(params);
      return core.screenDirty(params);
    },
    findCycle: () => core.findCycle(),
    audit: (params) => {
      checkAuditParams(params);
      return core.audit(params);
    },
    readWork: () => toCycleWork(core.work),
    resetWork: () => {
      core.work.fill(0);
    },
  };
}

function checkCycleParams(params: CycleParams): void {
  if (isInOrder(params)) return;
  checkRange('minEdgeRatio', params.minEdgeRatio, -1, Number.MAX_VALUE);
  checkRange('maxLegs', params.maxLegs, 2, MAX_LEGS, 'whole');
  checkRange('minLegs', params.minLegs, 2, params.maxLegs, 'whole');
  checkRange('maxHitsCount', params.maxHitsCount, 1, CYCLE_HITS_CAPACITY, 'whole');
}

/** The common case, in one expression: the checks by name cost more than the screening of one pair. */
function isInOrder({ minEdgeRatio, minLegs, maxLegs, maxHitsCount }: CycleParams): boolean {
  return (
    minEdgeRatio >= -1 &&
    minEdgeRatio <= Number.MAX_VALUE &&
    minLegs >= 2 &&
    minLegs <= maxLegs &&
    maxLegs <= MAX_LEGS &&
    maxHitsCount >= 1 &&
    maxHitsCount <= CYCLE_HITS_CAPACITY &&
    Number.isInteger(minLegs) &&
    Number.isInteger(maxLegs) &&
    Number.isInteger(maxHitsCount) &&
    typeof minEdgeRatio === 'number'
  );
}

function checkAuditParams(params: CycleAuditParams): void {
  checkRange('minEdgeRatio', params.minEdgeRatio, -1, Number.MAX_VALUE);
  checkRange('maxLegs', params.maxLegs, 2, Number.POSITIVE_INFINITY);
  checkRange('minLegs', params.minLegs, 2, params.maxLegs);
  checkRange('maxCyclesCount', params.maxCyclesCount, 1, Number.POSITIVE_INFINITY);
}

function badBatchRow(core: CycleCore, graph: CycleGraph, row: number): RangeError {
  const pairIndex = at(core.batch.pairIndex, row);
  const exchangeIndex = at(core.batch.exchangeIndex, row);
  return new RangeError(
    `batch row ${row}: expected a pair index below ${graph.pairs.length} and an exchange index below ` +
      `${graph.exchangesCount}, got ${pairIndex} and ${exchangeIndex}`,
  );
}

function toCycleWork(work: Float64Array): CycleWork {
  return {
    ratesAppliedCount: at(work, CYCLE_WORK.ratesApplied),
    ratesInvalidCount: at(work, CYCLE_WORK.ratesInvalid),
    pairsJudgedCount: at(work, CYCLE_WORK.pairsJudged),
    stepsCount: at(work, CYCLE_WORK.steps),
    hitsCount: at(work, CYCLE_WORK.hits),
  };
}
