/**
 * Leases on shards, for processes that share the work: who has which shard, until when, under which fencing token. One
 * shard has one owner at a time; a token is greater than all before it, so that whoever was overtaken can be refused (M.
 * Kleppmann, "How to do distributed locking", 2016).
 */

/** Who has a shard. */
export interface LeaseHolder {
  readonly shard: number;
  readonly instance: string;
  /** Grows with each new owner, also when the server has lost its data. */
  readonly token: number;
}

/** All that is known at one moment of the server's clock. */
export interface LeaseView {
  /** Instances that announced themselves within their time to live, this one included, sorted by name: all see one order. */
  readonly members: readonly string[];
  /** Leases that have not run out. */
  readonly holders: readonly LeaseHolder[];
}

export interface LeaseRequest {
  readonly instance: string;
  /** How long this instance and its leases live without another word, milliseconds. */
  readonly ttlMs: number;
  /** Shards in all; who counts otherwise is refused. */
  readonly shardsCount: number;
}

export interface LeaseStore {
  readonly driver: 'upstash' | 'redis';
  /**
   * Announces the instance, extends the leases that it still has, and gives the state of all; in one round trip.
   *
   * @throws {SpreadscopeError} `lease_unavailable` (try again), `config_invalid` when others share another number of
   * shards.
   */
  beat(request: LeaseRequest): Promise<LeaseView>;
  /** Takes those of `shards` that nobody has. @returns the leases that it got. @throws as `beat`. */
  take(request: LeaseRequest, shards: readonly number[]): Promise<readonly LeaseHolder[]>;
  /** Gives up leases of this instance; what others have stays. @throws as `beat`. */
  give(instance: string, shards: readonly number[]): Promise<void>;
  /** Gives up all and is no member any more. @throws as `beat`. */
  leave(instance: string): Promise<void>;
  /** @throws {SpreadscopeError} `lease_unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
