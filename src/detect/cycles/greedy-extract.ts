/**
 * Takes the best cycle, as much of it as its best levels hold, subtracts what it used, and repeats until no cycle is
 * left: what a taker can get out of a whole set of books one cycle after the other. No level is used twice. The optimum
 * of the linear programme over the same levels is an upper bound.
 */

import { type CycleGraph, type CycleKernel, MAX_LEGS } from '../../kernel/cycles/cycle-kernel.ts';
import { type WalkLevel, walkCycle } from './cycle-walk.ts';

/** A ladder that turns one asset into another: asks of a market, or its bids. */
export interface ExtractOffer {
  readonly from: string;
  readonly to: string;
  /** Best first. */
  readonly levels: readonly Pick<WalkLevel, 'input' | 'rate'>[];
}

export interface ExtractOptions {
  readonly offers: readonly ExtractOffer[];
  /** The asset that everything is turned into at the end. */
  readonly target: string;
  readonly createKernel: (graph: CycleGraph) => CycleKernel;
  /** Longest cycle, 2 to `MAX_LEGS`. */
  readonly maxLegs: number;
}

export interface Extraction {
  /** Units of the target asset. */
  readonly profit: number;
  readonly cyclesCount: number;
  /** Profits in other assets that no offer is left for, by asset. */
  readonly unsold: ReadonlyMap<string, number>;
}

/** Longest way from another asset to the target. */
const MAX_SALE_LEGS = 3;
/** Every rate counts. */
const ANY_TIME = {
  nowMs: 0,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFutureMs: Number.POSITIVE_INFINITY,
};

interface Ladder {
  readonly offer: ExtractOffer;
  /** Its rows in the kernel: the pair, and its place among the offers of the same conversion. */
  readonly pair: number;
  readonly place: number;
  level: number;
  used: number;
}

interface Way {
  readonly ladders: readonly Ladder[];
  readonly product: number;
}

/** @throws {SpreadscopeError} `kernel_capacity` when the offers are more than the kernel holds. */
export function greedyExtract(options: ExtractOptions): Extraction {
  return new Extractor(options).run();
}

class Extractor {
  readonly #options: ExtractOptions;
  readonly #assets: readonly string[];
  readonly #ladders: readonly Ladder[];
  readonly #kernel: CycleKernel;
  readonly #surplus = new Map<string, number>();

  constructor(options: ExtractOptions) {
    this.#options = options;
    this.#assets = [...new Set(options.offers.flatMap(({ from, to }) => [from, to]))].sort();
    const keys = [...new Set(options.offers.map(keyOf))].sort();
    this.#ladders = placeOffers(options.offers, keys);
    this.#kernel = options.createKernel({
      assetsCount: Math.max(1, this.#assets.length),
      exchangesCount: Math.max(1, ...this.#ladders.map(({ place }) => place + 1)),
      pairs: keys.map((key) => {
        const [from = '', to = ''] = key.split(' ');
        return { from: this.#assets.indexOf(from), to: this.#assets.indexOf(to) };
      }),
    });
  }

  run(): Extraction {
    this.#write(this.#ladders);
    let cyclesCount = 0;
    for (let cycle = this.#best(); cycle !== null; cycle = this.#best()) {
      this.#take(cycle);
      cyclesCount += 1;
    }
    this.#sellSurplus();
    const profit = this.#surplus.get(this.#options.target) ?? 0;
    this.#surplus.delete(this.#options.target);
    return { profit, cyclesCount, unsold: this.#surplus };
  }

  #best(): readonly Ladder[] | null {
    const params = { minEdgeRatio: 0, minLegs: 2, maxLegs: this.#options.maxLegs, maxHitsCount: 1 };
    const { hitsCount } = this.#kernel.sweep(params);
    if (hitsCount === 0) return null;
    const { legsCount, conversion } = this.#kernel.hits;
    const conversions = conversion.subarray(0, Math.min(MAX_LEGS, legsCount[0] ?? 0));
    return this.#fromTarget([...conversions].map((each) => this.#bestLadder(each)));
  }

  #bestLadder(conversion: number): Ladder {
    const { from, exchangeIndex } = this.#kernel.readConversion(conversion);
    const found = this.#ladders.find(
      ({ pair, place, offer }) =>
        pair === conversion >> 1 && place === exchangeIndex && offer.from === this.#assets[from],
    );
    if (found === undefined) throw new Error(`BUG: no offer for conversion ${conversion}`);
    return found;
  }

  /** The same cycle from the target on, so that its profit needs no sale; as it is when it does not pass there. */
  #fromTarget(ladders: readonly Ladder[]): readonly Ladder[] {
    const start = ladders.findIndex(({ offer }) => offer.from === this.#options.target);
    return start <= 0 ? ladders : [...ladders.slice(start), ...ladders.slice(0, start)];
  }

  #take(ladders: readonly Ladder[]): void {
    const start = ladders[0]?.offer.from ?? '';
    const gained = this.#pass(ladders, Number.POSITIVE_INFINITY, 1);
    this.#add(start, gained.output - gained.input);
  }

  /** Sends at most `most` through the best level of each ladder and takes it from them. */
  #pass(ladders: readonly Ladder[], most: number, minProduct: number) {
    const levels = ladders.map((ladder) => [remainder(ladder)]);
    const limits = { minProduct, maxStart: most };
    const { startAmount, exhaustedLeg } = walkCycle(levels, limits);
    let amount = startAmount;
    for (const [index, ladder] of ladders.entries()) {
      const level = remainder(ladder);
      ladder.used += amount;
      if (index === exhaustedLeg || remainder(ladder).input <= 0) advance(ladder);
      amount *= level.rate;
    }
    this.#write(ladders);
    return { input: startAmount, output: amount };
  }

  #sellSurplus(): void {
    const { target } = this.#options;
    for (const asset of [...this.#surplus.keys()].filter((name) => name !== target)) {
      for (;;) {
        const left = this.#surplus.get(asset) ?? 0;
        const way = left > 0 ? this.#bestWay(asset, new Set([asset])) : null;
        if (way === null) break;
        const sold = this.#pass(way.ladders, left, 0);
        if (sold.input <= 0) break;
        this.#surplus.set(asset, sold.input >= left ? 0 : left - sold.input);
        this.#add(target, sold.output);
      }
    }
  }

  /** The best way to the target at the best levels, over at most `MAX_SALE_LEGS` offers. */
  #bestWay(from: string, seen: ReadonlySet<string>): Way | null {
    let best: Way | null = null;
    for (const ladder of this.#ladders) {
      const { offer } = ladder;
      const { rate } = remainder(ladder);
      if (offer.from !== from || rate <= 0 || seen.has(offer.to)) continue;
      const isThere = offer.to === this.#options.target;
      if (!isThere && seen.size >= MAX_SALE_LEGS) continue;
      const rest: Way | null = isThere
        ? { ladders: [], product: 1 }
        : this.#bestWay(offer.to, new Set([...seen, offer.to]));
      if (rest === null || rate * rest.product <= (best?.product ?? 0)) continue;
      best = { ladders: [ladder, ...rest.ladders], product: rate * rest.product };
    }
    return best;
  }

  #add(asset: string, amount: number): void {
    this.#surplus.set(asset, (this.#surplus.get(asset) ?? 0) + amount);
  }

  /** A row of the kernel holds both directions of a place. */
  #write(ladders: readonly Ladder[]): void {
    const { batch, graph } = this.#kernel;
    for (const { pair, place } of ladders) {
      const both = this.#ladders.filter((other) => other.pair === pair && other.place === place);
      const rateFrom = (asset: number | undefined) => {
        const name = this.#assets[asset ?? -1];
        const ladder = both.find(({ offer }) => offer.from === name);
        return ladder === undefined ? 0 : remainder(ladder).rate;
      };
      batch.pairIndex[0] = pair;
      batch.exchangeIndex[0] = place;
      batch.forwardRate[0] = rateFrom(graph.pairs[pair]?.from);
      batch.backwardRate[0] = rateFrom(graph.pairs[pair]?.to);
      batch.timeMs[0] = 0;
      this.#kernel.applyRates(1, ANY_TIME);
    }
  }
}

function placeOffers(offers: readonly ExtractOffer[], keys: readonly string[]): readonly Ladder[] {
  const pairs = new Map(keys.map((key, pair) => [key, pair]));
  const counts = new Map<string, number>();
  return offers.map((offer) => {
    const direction = `${offer.from} ${offer.to}`;
    const place = counts.get(direction) ?? 0;
    counts.set(direction, place + 1);
    return { offer, pair: pairs.get(keyOf(offer)) ?? -1, place, level: 0, used: 0 };
  });
}

function keyOf({ from, to }: ExtractOffer): string {
  return [from, to].sort().join(' ');
}

/** What is left of a ladder's best level; nothing at rate 0 when all levels are used. */
function remainder({ offer, level, used }: Ladder): WalkLevel {
  const found = offer.levels[level];
  if (found === undefined) return { input: 0, rate: 0, quotePerInput: 1, basePerInput: 1 };
  return { input: found.input - used, rate: found.rate, quotePerInput: 1, basePerInput: 1 };
}

function advance(ladder: Ladder): void {
  ladder.level += 1;
  ladder.used = 0;
}
