/**
 * Keeps the shards of one instance: announces it, extends and takes leases, hands surplus over when another joins, and
 * stops at once to use a lease that it could not extend. By its own monotonic clock, counted from before it asked, a
 * lease ends here no later than at the server, so two instances never detect the same shard at one time.
 */

import type { Clock } from '../domain/clock.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import { shardOf } from '../domain/shards.ts';
import type { ShardFilter } from '../feed/shard-filter.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import type { LeaseHolder, LeaseStore, LeaseView } from './lease.ts';
import { planShards } from './plan-shards.ts';

export interface ShardKeeperOptions {
  readonly leases: LeaseStore;
  /** Unique in time and space. */
  readonly instance: string;
  /** Parts that symbols are shared out over. */
  readonly shardsCount: number;
  /** One shard more: cycles, whose legs lie in all parts. */
  readonly hasCycles: boolean;
  /** A dead instance's leases run out after this, milliseconds. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is done around a change of owner. */
export interface ShardHooks {
  /** Before the first detection: makes sure that nothing of an owner before counts any more. A throw gives it back. */
  taken(shard: string, token: number): Promise<void>;
  /** What is detected here is less than before: ends what is not, at once. */
  lost(): void;
  /** Before leases are given up: writes what is to be written. */
  flush(): Promise<void>;
}

export interface ShardStatus {
  readonly driver: LeaseStore['driver'];
  readonly instance: string;
  /** All, the one for cycles included. */
  readonly shardsCount: number;
  readonly owned: readonly { readonly shard: string; readonly token: number }[];
  readonly membersCount: number;
  /** Shards that nobody has, as of the last look. */
  readonly unownedCount: number;
  /** Why Redis could not be asked; null after a success. */
  readonly error: string | null;
}

export interface ShardKeeper extends ShardFilter {
  /** True when pairs of `symbol` are detected here, now. */
  /** @param atMs - of the data; what is older than the lease is not judged under it. Default: newest. */
  pairs(symbol: string, atMs?: number): boolean;
  /** True when cycles are detected here, now. */
  cycles(): boolean;
  /** The opportunity with the lease under which it is or was detected. */
  stamp(opportunity: Opportunity): Opportunity;
  /** Until `signal` aborts; then all is given up after `hooks.flush`. */
  run(hooks: ShardHooks, signal: AbortSignal): Promise<void>;
  /** Gives all up, so that others can go on at once. */
  leave(): Promise<void>;
  status(): ShardStatus;
}

/** A lease is extended this often in its life: three tries may fail. */
const BEATS_PER_TTL_COUNT = 4;

interface Held {
  readonly token: number;
  readonly phase: 'taking' | 'held' | 'giving';
  /** By the monotonic clock, milliseconds. */
  readonly validUntilMs: number;
  /** When detection under it could begin, milliseconds since the epoch. */
  readonly heldFromMs?: number;
}

export function createShardKeeper(options: ShardKeeperOptions): ShardKeeper {
  return new Keeper(options);
}

class Keeper implements ShardKeeper {
  readonly count: number;
  readonly #options: ShardKeeperOptions;
  readonly #held = new Map<number, Held>();
  /** The last token of each shard, for what was detected under it. */
  readonly #tokens = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  readonly #shards = new Map<string, number>();
  #view: LeaseView = { members: [], holders: [] };
  #error: string | null = null;
  #known = '';

  constructor(options: ShardKeeperOptions) {
    this.#options = options;
    this.count = options.shardsCount;
  }

  get #total(): number {
    return this.count + (this.#options.hasCycles ? 1 : 0);
  }

  owned(): readonly number[] {
    const parts = Array.from({ length: this.count }, (_, shard) => shard);
    return this.cycles() ? parts : parts.filter((shard) => this.#isHeld(shard));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  pairs(symbol: string, atMs = Number.POSITIVE_INFINITY): boolean {
    const shard = this.#shardOf(symbol);
    return this.#isHeld(shard) && atMs >= (this.#held.get(shard)?.heldFromMs ?? 0);
  }

  cycles(): boolean {
    return this.#options.hasCycles && this.#isHeld(this.count);
  }

  stamp(opportunity: Opportunity): Opportunity {
    const { kind, symbol } = opportunity;
    const shard = kind === 'cycle' ? this.count : this.#shardOf(symbol);
    const token = this.#tokens.get(shard);
    if (token === undefined) throw new Error(`BUG: shard ${shard} was never held`);
    return { ...opportunity, lease: { shard: this.#nameOf(shard), token } };
  }

  async run(hooks: ShardHooks, signal: AbortSignal): Promise<void> {
    const { clock, ttlMs } = this.#options;
    while (!signal.aborted) {
      await this.#beat(hooks, signal);
      this.#tellChange(hooks);
      await clock.sleep(ttlMs / BEATS_PER_TTL_COUNT, signal).catch(() => undefined);
    }
  }

  async leave(): Promise<void> {
    this.#held.clear();
    await this.#options.leases.leave(this.#options.instance);
    await this.#options.leases.close();
  }

  status(): ShardStatus {
    const { leases, instance } = this.#options;
    const owned = [...this.#held.keys()]
      .filter((shard) => this.#isHeld(shard))
      .sort((a, b) => a - b);
    return {
      driver: leases.driver,
      instance,
      shardsCount: this.#total,
      owned: owned.map((shard) => ({
        shard: this.#nameOf(shard),
        token: this.#tokens.get(shard) ?? 0,
      })),
      membersCount: this.#view.members.length,
      unownedCount: this.#total - this.#view.holders.length,
      error: this.#error,
    };
  }

  async #beat(hooks: ShardHooks, signal: AbortSignal): Promise<void> {
    const { leases, instance, clock, ttlMs } = this.#options;
    const request = { instance, ttlMs, shardsCount: this.#total };
    try {
      const sentMs = clock.monotonicMs();
      const view = await leases.beat(request);
      this.#extend(view, sentMs + ttlMs);
      const { take, give } = planShards(instance, this.#total, this.#ownedNow(), view);
      if (give.length > 0) void this.#give(give, hooks);
      if (take.length > 0 && !signal.aborted) {
        const takenMs = clock.monotonicMs();
        const taken = await leases.take(request, take);
        for (const lease of taken) void this.#take(lease, takenMs + ttlMs, hooks);
      }
      this.#succeed(view);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Leases that somebody else has now, or nobody, are lost. */
  #extend(view: LeaseView, validUntilMs: number): void {
    const mine = new Map(
      view.holders
        .filter(({ instance }) => instance === this.#options.instance)
        .map(({ shard, token }) => [shard, token]),
    );
    for (const [shard, held] of this.#held) {
      if (mine.get(shard) === held.token) this.#held.set(shard, { ...held, validUntilMs });
      else this.#held.delete(shard);
    }
  }

  /** In use only once nothing of the owner before can be written any more. */
  async #take({ shard, token }: LeaseHolder, validUntilMs: number, hooks: ShardHooks) {
    this.#held.set(shard, { token, phase: 'taking', validUntilMs });
    try {
      await hooks.taken(this.#nameOf(shard), token);
      this.#tokens.set(shard, token);
      const held = this.#held.get(shard);
      if (held?.token === token) {
        const heldFromMs = this.#options.clock.nowMs();
        this.#held.set(shard, { ...held, phase: 'held', heldFromMs });
      }
      this.#log('info', 'a shard was taken', { 'shard.token': token }, shard);
    } catch (error) {
      this.#log('warn', 'a shard could not be taken over', {}, shard, error);
      this.#held.delete(shard);
      await this.#giveLeases([shard]);
    }
    this.#tellChange(hooks);
  }

  /** Detection ends, what it found is written, and then another may begin. */
  async #give(shards: readonly number[], hooks: ShardHooks): Promise<void> {
    for (const shard of shards) {
      const held = this.#held.get(shard);
      if (held !== undefined) this.#held.set(shard, { ...held, phase: 'giving' });
    }
    this.#tellChange(hooks);
    await hooks.flush().catch((error: unknown) => {
      this.#log(
        'warn',
        'what was found could not be written before a hand-over',
        {},
        undefined,
        error,
      );
    });
    await this.#giveLeases(shards);
    for (const shard of shards) {
      this.#held.delete(shard);
      this.#log('info', 'a shard was handed over', {}, shard);
    }
  }

  /** Leases that cannot be given up run out. */
  async #giveLeases(shards: readonly number[]): Promise<void> {
    try {
      await this.#options.leases.give(this.#options.instance, shards);
    } catch (error) {
      this.#fail(error);
    }
  }

  #ownedNow(): readonly number[] {
    return [...this.#held]
      .filter(([, { phase }]) => phase !== 'giving')
      .map(([shard]) => shard)
      .sort((a, b) => a - b);
  }

  #isHeld(shard: number): boolean {
    const held = this.#held.get(shard);
    if (held?.phase !== 'held') return false;
    return this.#options.clock.monotonicMs() < held.validUntilMs;
  }

  /** Tells those who follow, once a change. What ran out is a change too. */
  #tellChange(hooks: ShardHooks): void {
    const owned = [...this.#held.keys()].filter((shard) => this.#isHeld(shard));
    const now = owned.sort((a, b) => a - b).join();
    if (now === this.#known) return;
    this.#known = now;
    hooks.lost();
    for (const listener of this.#listeners) listener();
  }

  #succeed(view: LeaseView): void {
    if (this.#error !== null) this.#log('info', 'Redis answers again');
    this.#view = view;
    this.#error = null;
  }

  #fail(error: unknown): void {
    const message = toErrorMessage(error);
    if (this.#error !== message) {
      this.#log('warn', 'leases could not be extended; it is tried again', {}, null, error);
    }
    this.#error = message;
  }

  #shardOf(symbol: string): number {
    const known = this.#shards.get(symbol);
    if (known !== undefined) return known;
    const shard = shardOf(symbol, this.count);
    this.#shards.set(symbol, shard);
    return shard;
  }

  /** With the number of all, so that shards of another division have other names. */
  #nameOf(shard: number): string {
    return `${shard === this.count ? 'cycles' : shard}/${this.count}`;
  }

  #log(
    level: 'info' | 'warn',
    message: string,
    attributes: Readonly<Record<string, string | number>> = {},
    shard: number | null = null,
    error?: unknown,
  ): void {
    const named = shard === null ? {} : { 'shard.name': this.#nameOf(shard) };
    this.#options.logger.log(level, message, { ...attributes, ...named }, error);
  }
}
