import { expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type CycleGraph,
  type CycleKernel,
  type CycleParams,
  MAX_LEGS,
  type RateWindow,
} from '../../src/kernel/cycles/cycle-kernel.ts';
import {
  ALWAYS,
  applyRateRows,
  createReferenceCycles,
  createWasmCycles,
  type RateRow,
  readCycles,
  sweep,
} from '../support/cycle-kernels.ts';

const EXCHANGES_COUNT = 3;
const MAX_ASSETS = 8;

/** A graph of up to eight assets: each pair there or not, either way round. */
const graphs: fc.Arbitrary<CycleGraph> = fc
  .integer({ min: 2, max: MAX_ASSETS })
  .chain((assetsCount) => {
    const all = Array.from({ length: assetsCount }, (_, from) =>
      Array.from({ length: assetsCount - from - 1 }, (_, step) => [from, from + step + 1] as const),
    ).flat();
    return fc
      .tuple(
        fc.subarray(all, { minLength: 1 }),
        fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
      )
      .map(([chosen, turned]) => ({
        assetsCount,
        exchangesCount: EXCHANGES_COUNT,
        pairs: chosen.map(([from, to], pair) =>
          turned[pair] === true ? { from: to, to: from } : { from, to },
        ),
      }));
  });

/** Around 1, so that many cycles are near the threshold; few different values, so that edges tie. */
const rate = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0.9, 0.95, 0.99, 1, 1.01, 1.05) },
  { weight: 4, arbitrary: fc.double({ min: 0.9, max: 1.06, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, Number.NaN, -1, Number.POSITIVE_INFINITY, 1e60, 1e-60, 1e-61),
  },
);

const rows: fc.Arbitrary<readonly RateRow[]> = fc.array(
  fc.record({
    pair: fc.nat(1000),
    exchange: fc.nat(EXCHANGES_COUNT - 1),
    forward: rate,
    backward: rate,
    timeMs: fc.oneof(
      { weight: 9, arbitrary: fc.nat(20) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
  }),
  { maxLength: 40 },
);

const limitMs = fc.oneof(fc.nat(20), fc.constant(Number.POSITIVE_INFINITY));
const windows: fc.Arbitrary<RateWindow> = fc.record({
  nowMs: fc.integer({ min: -5, max: 30 }),
  maxAgeMs: limitMs,
  maxFutureMs: limitMs,
});

const params: fc.Arbitrary<CycleParams> = fc
  .record({
    minEdgeRatio: fc.oneof(
      fc.constantFrom(-1, -0.02, 0, 0.01),
      fc.double({ min: -0.3, max: 0.1, noNaN: true }),
    ),
    legs: fc.tuple(fc.integer({ min: 2, max: MAX_LEGS }), fc.integer({ min: 2, max: MAX_LEGS })),
    maxHitsCount: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(4096)),
  })
  .map(({ legs, ...rest }) => ({
    ...rest,
    minLegs: Math.min(...legs),
    maxLegs: Math.max(...legs),
  }));

/** A call on a kernel that answers with something comparable. */
type Step = (kernel: CycleKernel) => unknown;

function toApply([updates, window]: readonly [readonly RateRow[], RateWindow]): Step {
  return (kernel) => {
    const count = kernel.graph.pairs.length;
    const inside = updates.map((row) => ({ ...row, pair: row.pair % count }));
    return applyRateRows(kernel, inside, window);
  };
}

function toJudge(window: RateWindow): Step {
  return (kernel) => kernel.judgeAll(window);
}

function toClear([exchange, window]: readonly [number, RateWindow]): Step {
  return (kernel) => kernel.clearExchange(exchange, window);
}

function toSweep(given: CycleParams): Step {
  return (kernel) => {
    const screening = kernel.sweep(given);
    return [screening, readCycles(kernel, screening)];
  };
}

function toScreenDirty(given: CycleParams): Step {
  return (kernel) => {
    const screening = kernel.screenDirty(given);
    return [screening, readCycles(kernel, screening)];
  };
}

function toAudit(minEdgeRatio: number, maxCyclesCount: number): Step {
  return (kernel) =>
    kernel.audit({ minLegs: 2, maxLegs: Number.POSITIVE_INFINITY, minEdgeRatio, maxCyclesCount });
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.tuple(rows, windows).map(toApply) },
    { weight: 1, arbitrary: windows.map(toJudge) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(EXCHANGES_COUNT - 1), windows).map(toClear) },
    { weight: 4, arbitrary: params.map(toSweep) },
    { weight: 4, arbitrary: params.map(toScreenDirty) },
    { weight: 1, arbitrary: fc.constant<Step>((kernel) => kernel.findCycle()) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 500 }).map((most) => toAudit(0, most)) },
  ),
  { minLength: 2, maxLength: 12 },
);

test('both cycle kernels give the same answers after any sequence of calls', () => {
  fc.assert(
    fc.property(graphs, steps, (graph, sequence) => {
      const reference = createReferenceCycles(graph);
      const wasm = createWasmCycles(graph);
      for (const step of sequence) expect(step(wasm)).toEqual(step(reference));
      for (let conversion = 0; conversion < graph.pairs.length * 2; conversion += 1) {
        expect(wasm.readConversion(conversion)).toEqual(reference.readConversion(conversion));
      }
      const { stepsCount: _, ...wasmWork } = wasm.readWork();
      expect(reference.readWork()).toMatchObject(wasmWork);
    }),
    { seed: 20_261_130, numRuns: 250 },
  );
});

test('a cycle of any length is found exactly when an audit knows a profitable one', () => {
  fc.assert(
    fc.property(graphs, rows, (graph, updates) => {
      const kernel = createWasmCycles(graph);
      toApply([updates, ALWAYS])(kernel);
      // A margin: a profit of rounding alone may be seen or not.
      const audit = kernel.audit({
        minLegs: 2,
        maxLegs: Number.POSITIVE_INFINITY,
        minEdgeRatio: 1e-9,
        maxCyclesCount: Number.POSITIVE_INFINITY,
      });
      const found = kernel.findCycle();
      if (audit.profitableCount > 0) expect(found).not.toBeNull();
      if (found === null) return;
      expect(found.edgeRatio).toBeGreaterThan(0);
      const rates = found.conversions.map((step) => kernel.readConversion(step).rate);
      expect(found.edgeRatio).toBe(rates.reduce((product, each) => product * each, 1) - 1);
    }),
    { seed: 20_261_131, numRuns: 300 },
  );
});

test('relabelling the assets changes nothing but their names', () => {
  fc.assert(
    fc.property(graphs, rows, (graph, updates) => {
      const renamed = {
        ...graph,
        pairs: graph.pairs.map(({ from, to }) => ({
          from: graph.assetsCount - 1 - from,
          to: graph.assetsCount - 1 - to,
        })),
      };
      const edges = [graph, renamed].map((each) => {
        const kernel = createWasmCycles(each);
        toApply([updates, ALWAYS])(kernel);
        return sweep(kernel, { maxLegs: 5, minEdgeRatio: 0.001 })
          .map((hit) => hit.edgeRatio.toFixed(12))
          .sort();
      });
      expect(edges[1]).toEqual(edges[0] ?? []);
    }),
    { seed: 20_261_132, numRuns: 200 },
  );
});
