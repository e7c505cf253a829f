/**
 * The cycle kernel beside the market state: writes the rates of the markets that changed, and turns what the kernel
 * finds back into markets. The kernel is made anew when markets are added.
 */

import type { CycleGraph, CycleKernel, RateWindow } from '../../kernel/cycles/cycle-kernel.ts';
import { MAX_LEGS } from '../../kernel/cycles/cycle-kernel.ts';
import type { MarketRecord, MarketState } from '../market-state.ts';
import { type ConversionGraph, createConversionGraph, type PairSlot } from './conversion-graph.ts';
import { bestOffer, bestRate, timeOf } from './conversion-rates.ts';
import { type Cycle, type CycleLeg, toRoute } from './cycle.ts';
import type { RatedConversion } from './cycle-audit.ts';

/** Names a market that has changed. */
export interface MarketName {
  readonly exchange: string;
  readonly symbol: string;
}

export interface CycleScreen {
  /** Greatest edge at the top of book first. */
  readonly cycles: readonly Cycle[];
  /** False when there are more than the kernel gives at once; the best ones are given. */
  readonly isComplete: boolean;
}

export interface CycleMarkets {
  /** Takes in the newest quotes of `changed`. */
  refresh(changed: Iterable<MarketName>, window: RateWindow): void;
  /** Takes in whatever changed anywhere, and judges all ages anew. */
  refreshAll(window: RateWindow): void;
  /** Cycles of 3 to `maxLegs` legs above the threshold that pass through a pair whose best offer changed. */
  screenChanged(minEdgeRatio: number, maxLegs: number): CycleScreen;
  /** All of them. */
  screenAll(minEdgeRatio: number, maxLegs: number): CycleScreen;
  /** The best markets now for a round through `assets`; null when a conversion is not offered. */
  resolve(assets: readonly string[]): Cycle | null;
  /**
   * Assets of some round of any length that earns at the top of book, from the alphabetically first one on; null when
   * there is none. Quick, whatever the length.
   */
  findAny(): readonly string[] | null;
  /** In alphabetical order. */
  readonly assets: readonly string[];
  /** The best offer of each conversion that is offered; assets by their place in `assets`. */
  conversions(): readonly RatedConversion[];
  /** Routes and paths that the kernel looked at since the last call. */
  takeStepsCount(): number;
}

/** Rounds of two legs are pairs. */
const MIN_LEGS = 3;

export interface CycleMarketsOptions {
  readonly state: MarketState;
  readonly createKernel: (graph: CycleGraph) => CycleKernel;
  /** False for a market that offers nothing at the moment, whatever its age: that is the kernel's business. */
  readonly isUsable: (record: MarketRecord) => boolean;
}

/** Its methods throw `kernel_capacity` when the markets are more than the cycle kernel holds. */
export function createCycleMarkets(options: CycleMarketsOptions): CycleMarkets {
  return new KernelCycleMarkets(options);
}

class KernelCycleMarkets implements CycleMarkets {
  readonly #state: MarketState;
  readonly #options: CycleMarketsOptions;
  readonly #versions = new Map<PairSlot, number>();
  #marketsCount = 0;
  #graph: ConversionGraph = createConversionGraph([], 1);
  #kernel: CycleKernel | null = null;

  constructor(options: CycleMarketsOptions) {
    this.#options = options;
    this.#state = options.state;
  }

  get assets(): readonly string[] {
    return this.#graph.assets;
  }

  refresh(changed: Iterable<MarketName>, window: RateWindow): void {
    if (this.#state.marketsCount !== this.#marketsCount) {
      this.refreshAll(window);
      return;
    }
    const slots = new Set<PairSlot>();
    for (const { exchange, symbol } of changed) {
      const slot = this.#graph.slotOf(exchange, symbol);
      if (slot !== null) slots.add(slot);
    }
    this.#write(slots, window);
  }

  refreshAll(window: RateWindow): void {
    if (this.#state.marketsCount !== this.#marketsCount) this.#build();
    const changed = this.#graph.slots.filter(
      (slot) => this.#versions.get(slot) !== versionOf(slot),
    );
    this.#write(changed, window);
    this.#kernel?.judgeAll(window);
  }

  screenChanged(minEdgeRatio: number, maxLegs: number): CycleScreen {
    return this.#screen('screenDirty', minEdgeRatio, maxLegs);
  }

  screenAll(minEdgeRatio: number, maxLegs: number): CycleScreen {
    return this.#screen('sweep', minEdgeRatio, maxLegs);
  }

  resolve(assets: readonly string[]): Cycle | null {
    const conversions = assets.flatMap(
      (from, leg) => this.#graph.conversionOf(from, assets[(leg + 1) % assets.length] ?? '') ?? [],
    );
    return conversions.length === assets.length ? this.#toCycle(conversions) : null;
  }

  findAny(): readonly string[] | null {
    const found = this.#kernel?.findCycle() ?? null;
    return found?.conversions.map((conversion) => this.#assetOf(conversion)) ?? null;
  }

  conversions(): readonly RatedConversion[] {
    const kernel = this.#kernel;
    if (kernel === null) return [];
    return Array.from({ length: kernel.graph.pairs.length * 2 }, (_, conversion) =>
      kernel.readConversion(conversion),
    ).filter(({ rate }) => rate > 0);
  }

  takeStepsCount(): number {
    const stepsCount = this.#kernel?.readWork().stepsCount ?? 0;
    this.#kernel?.resetWork();
    return stepsCount;
  }

  #build(): void {
    const records = this.#state.symbols().flatMap((symbol) => this.#state.recordsOf(symbol));
    this.#graph = createConversionGraph(records, Math.max(1, this.#state.exchanges().length));
    this.#marketsCount = this.#state.marketsCount;
    this.#versions.clear();
    this.#kernel = null;
    if (this.#graph.slots.length > 0) this.#kernel = this.#options.createKernel(this.#graph.graph);
  }

  #write(slots: Iterable<PairSlot>, window: RateWindow): void {
    const kernel = this.#kernel;
    if (kernel === null) return;
    let rowsCount = 0;
    for (const slot of slots) {
      this.#versions.set(slot, versionOf(slot));
      this.#writeRow(kernel, rowsCount, slot);
      rowsCount += 1;
      if (rowsCount < kernel.batchCapacityCount) continue;
      kernel.applyRates(rowsCount, window);
      rowsCount = 0;
    }
    kernel.applyRates(rowsCount, window);
  }

  #writeRow({ batch }: CycleKernel, row: number, { pair, exchangeIndex, records }: PairSlot): void {
    const { isUsable } = this.#options;
    const usable = records.every(isUsable) ? records : records.filter(isUsable);
    batch.pairIndex[row] = pair;
    batch.exchangeIndex[row] = exchangeIndex;
    batch.forwardRate[row] = bestRate(usable, this.#graph.fromAssetOf(pair));
    batch.backwardRate[row] = bestRate(usable, this.#toAssetOf(pair));
    batch.timeMs[row] = timeOf(records);
  }

  #toAssetOf(pair: number): string {
    return this.#graph.assets[this.#graph.graph.pairs[pair]?.to ?? -1] ?? '';
  }

  #screen(how: 'screenDirty' | 'sweep', minEdgeRatio: number, maxLegs: number): CycleScreen {
    const kernel = this.#kernel;
    if (kernel === null) return { cycles: [], isComplete: true };
    const maxHitsCount = kernel.hits.legsCount.length;
    const params = { minEdgeRatio, minLegs: MIN_LEGS, maxLegs, maxHitsCount };
    const { hitsCount, isComplete } = kernel[how](params);
    const { legsCount, conversion } = kernel.hits;
    const cycles = Array.from({ length: hitsCount }, (_, row) => {
      const place = row * MAX_LEGS;
      return this.#toCycle([...conversion.subarray(place, place + (legsCount[row] ?? 0))]);
    });
    return { cycles: cycles.filter((cycle) => cycle !== null), isComplete };
  }

  #toCycle(conversions: readonly number[]): Cycle | null {
    const assets = conversions.map((conversion) => this.#assetOf(conversion));
    const legs = conversions.flatMap((conversion) => this.#legOf(conversion) ?? []);
    return legs.length < conversions.length ? null : { route: toRoute(assets), assets, legs };
  }

  #assetOf(conversion: number): string {
    const pair = conversion >> 1;
    return conversion % 2 === 0 ? this.#graph.fromAssetOf(pair) : this.#toAssetOf(pair);
  }

  #legOf(conversion: number): CycleLeg | null {
    const exchangeIndex = this.#kernel?.readConversion(conversion).exchangeIndex ?? -1;
    const slot = this.#graph.slotAt(conversion >> 1, exchangeIndex);
    if (slot === null) return null;
    const usable = slot.records.filter(this.#options.isUsable);
    return bestOffer(usable, this.#assetOf(conversion)).leg;
  }
}

function versionOf({ records }: PairSlot): number {
  return records.reduce((sum: number, { version }: MarketRecord) => sum + version, 0);
}
