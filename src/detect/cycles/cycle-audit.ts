/**
 * Counts all simple cycles of a graph of conversions, in portions, so that the caller can show progress and stop: their
 * number grows exponentially with the length. Depth first from each asset through later ones only, so that each cycle is
 * met once, from its first asset on.
 */

/** Units of asset `to` for one of asset `from`, above 0; assets are numbered in alphabetical order. */
export interface RatedConversion {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
}

/** A cycle through these assets in this order, from the one with the lowest number on. */
export interface RatedCycle {
  readonly assets: readonly number[];
  /** Product of the rates less one. */
  readonly edgeRatio: number;
}

export interface CycleAuditOptions {
  readonly assetsCount: number;
  readonly conversions: readonly RatedConversion[];
  /** At least 2. */
  readonly minLegs: number;
  /** Infinity: any length. */
  readonly maxLegs: number;
  /** Cycles with an edge strictly above this are profitable. */
  readonly minEdgeRatio: number;
  /** Profitable cycles to remember, the best ones. */
  readonly topCount: number;
}

export interface CycleAuditResult {
  readonly cyclesCount: number;
  readonly profitableCount: number;
  /** Greatest edge first; of equal edges the one met first. */
  readonly top: readonly RatedCycle[];
  /** False while there is more to count. */
  readonly isComplete: boolean;
}

export interface CycleAudit {
  /** Takes at most `stepsCount` more steps. @returns true when all is counted. */
  advance(stepsCount: number): boolean;
  result(): CycleAuditResult;
}

/** @throws {RangeError} when `minLegs` is under 2. */
export function createCycleAudit(options: CycleAuditOptions): CycleAudit {
  if (!(options.minLegs >= 2)) {
    throw new RangeError(`minLegs: expected at least 2, got ${options.minLegs}`);
  }
  return new DepthFirstAudit(options);
}

interface Step {
  readonly to: number;
  readonly rate: number;
}

class DepthFirstAudit implements CycleAudit {
  readonly #options: CycleAuditOptions;
  readonly #out: readonly (readonly Step[])[];
  readonly #isOnPath: Uint8Array;
  /** The path: its assets, the product of the rates up to each, and the next step to try from each. */
  readonly #assets: number[] = [];
  readonly #products: number[] = [];
  readonly #next: number[] = [];
  readonly #top: RatedCycle[] = [];
  #root = -1;
  #cyclesCount = 0;
  #profitableCount = 0;

  constructor(options: CycleAuditOptions) {
    this.#options = options;
    this.#isOnPath = new Uint8Array(options.assetsCount);
    const out = Array.from({ length: options.assetsCount }, (): Step[] => []);
    for (const { from, to, rate } of options.conversions) out[from]?.push({ to, rate });
    this.#out = out;
  }

  advance(stepsCount: number): boolean {
    for (let step = 0; step < stepsCount; step += 1) {
      if (this.#assets.length === 0 && !this.#beginAtNextRoot()) return true;
      this.#step();
    }
    return false;
  }

  result(): CycleAuditResult {
    return {
      cyclesCount: this.#cyclesCount,
      profitableCount: this.#profitableCount,
      top: [...this.#top],
      isComplete: this.#root >= this.#options.assetsCount,
    };
  }

  #beginAtNextRoot(): boolean {
    this.#root += 1;
    if (this.#root >= this.#options.assetsCount) {
      this.#root = this.#options.assetsCount;
      return false;
    }
    this.#push(this.#root, 1);
    return true;
  }

  #step(): void {
    const depth = this.#assets.length - 1;
    const step = this.#out[this.#assets[depth] ?? -1]?.[this.#next[depth] ?? 0];
    if (step === undefined) {
      this.#pop();
      return;
    }
    this.#next[depth] = (this.#next[depth] ?? 0) + 1;
    const product = (this.#products[depth] ?? 0) * step.rate;
    if (step.to === this.#root) this.#count(product);
    else if (step.to > this.#root && this.#isOnPath[step.to] === 0 && this.#canGrow()) {
      this.#push(step.to, product);
    }
  }

  #canGrow(): boolean {
    return this.#assets.length < this.#options.maxLegs;
  }

  #push(asset: number, product: number): void {
    this.#assets.push(asset);
    this.#products.push(product);
    this.#next.push(0);
    this.#isOnPath[asset] = 1;
  }

  #pop(): void {
    this.#isOnPath[this.#assets.pop() ?? 0] = 0;
    this.#products.pop();
    this.#next.pop();
  }

  #count(product: number): void {
    const { minLegs, minEdgeRatio } = this.#options;
    if (this.#assets.length < minLegs) return;
    this.#cyclesCount += 1;
    const edgeRatio = product - 1;
    if (!(edgeRatio > minEdgeRatio)) return;
    this.#profitableCount += 1;
    this.#remember(edgeRatio);
  }

  #remember(edgeRatio: number): void {
    const { topCount } = this.#options;
    const last = this.#top.at(-1);
    if (this.#top.length >= topCount && (last === undefined || edgeRatio <= last.edgeRatio)) return;
    const place = this.#top.findIndex((other) => other.edgeRatio < edgeRatio);
    const cycle = { assets: [...this.#assets], edgeRatio };
    this.#top.splice(place < 0 ? this.#top.length : place, 0, cycle);
    if (this.#top.length > topCount) this.#top.pop();
  }
}
