/** Leases in Redis: every step is one script, so that it happens whole or not at all. Drivers bring the connection. */

import { SpreadscopeError } from '../domain/errors.ts';
import type { LeaseHolder, LeaseRequest, LeaseStore, LeaseView } from './lease.ts';

/** How a driver runs a script. Errors are those of its package. */
export interface RedisScripts {
  /** @returns the script's answer. */
  evaluate(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

export interface RedisLeasesOptions {
  readonly driver: LeaseStore['driver'];
  readonly scripts: RedisScripts;
  /** Put before every key, so that a database can be shared. In braces: all keys in one slot of a cluster. */
  readonly keyPrefix?: string;
}

const DEFAULT_PREFIX = '{spreadscope:shards}:';

/**
 * Common to all: time is the server's, so that clocks of instances do not matter. A lease is `token expiry instance`.
 * KEYS: members (sorted by expiry), leases, last token, number of shards.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(text)
  local token, expiry, instance = string.match(text, '^(%d+) (%d+) (.+)$')
  return tonumber(token), tonumber(expiry), instance
end
local function write(shard, token, expiry, instance)
  redis.call('HSET', KEYS[2], shard, string.format('%.0f %.0f %s', token, expiry, instance))
end
`;

/** ARGV: instance, ttlMs, shards. A number of shards holds as long as others live by it. */
const JOIN = `
local instance, ttl, count = ARGV[1], tonumber(ARGV[2]), ARGV[3]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local known = redis.call('GET', KEYS[4])
if known and known ~= count then
  local others = redis.call('ZCARD', KEYS[1])
  if redis.call('ZSCORE', KEYS[1], instance) then others = others - 1 end
  if others > 0 then return cjson.encode({ count = tonumber(known) }) end
  redis.call('DEL', KEYS[2])
end
redis.call('SET', KEYS[4], count)
redis.call('ZADD', KEYS[1], now + ttl, instance)
`;

const BEAT = `${PRELUDE}${JOIN}
local holders = {}
local leases = redis.call('HGETALL', KEYS[2])
for i = 1, #leases, 2 do
  local token, expiry, owner = read(leases[i + 1])
  if expiry > now then
    if owner == instance then write(leases[i], token, now + ttl, instance) end
    holders[#holders + 1] = { tonumber(leases[i]), owner, token }
  end
end
return cjson.encode({ members = redis.call('ZRANGE', KEYS[1], 0, -1), holders = holders })
`;

/** ARGV from 4: the shards wanted. The time in the token makes it grow even when the server lost the last one. */
const TAKE = `${PRELUDE}${JOIN}
local holders = {}
for i = 4, #ARGV do
  local current = redis.call('HGET', KEYS[2], ARGV[i])
  local isFree = true
  if current then
    local token, expiry, owner = read(current)
    isFree = expiry <= now
  end
  if isFree then
    local token = math.max(tonumber(redis.call('GET', KEYS[3]) or '0') + 1, now)
    redis.call('SET', KEYS[3], string.format('%.0f', token))
    write(ARGV[i], token, now + ttl, instance)
    holders[#holders + 1] = { tonumber(ARGV[i]), instance, token }
  end
end
return cjson.encode({ members = {}, holders = holders })
`;

/** ARGV: instance, then shards. */
const GIVE = `${PRELUDE}
for i = 2, #ARGV do
  local current = redis.call('HGET', KEYS[2], ARGV[i])
  if current then
    local token, expiry, owner = read(current)
    if owner == ARGV[1] then redis.call('HDEL', KEYS[2], ARGV[i]) end
  end
end
return 1
`;

/** ARGV: instance. */
const LEAVE = `${PRELUDE}
local leases = redis.call('HGETALL', KEYS[2])
for i = 1, #leases, 2 do
  local token, expiry, owner = read(leases[i + 1])
  if owner == ARGV[1] then redis.call('HDEL', KEYS[2], leases[i]) end
end
redis.call('ZREM', KEYS[1], ARGV[1])
return 1
`;

export function createRedisLeases(options: RedisLeasesOptions): LeaseStore {
  const { driver, scripts, keyPrefix = DEFAULT_PREFIX } = options;
  const keys = ['members', 'leases', 'token', 'count'].map((name) => keyPrefix + name);
  const run = (script: string, args: readonly (string | number)[]) =>
    guarded(() => scripts.evaluate(script, keys, args.map(String)));
  const join = ({ instance, ttlMs, shardsCount }: LeaseRequest) => [instance, ttlMs, shardsCount];
  return {
    driver,
    beat: async (request) => toView(await run(BEAT, join(request)), request),
    take: async (request, shards) =>
      toView(await run(TAKE, [...join(request), ...shards]), request).holders,
    give: async (instance, shards) => {
      await run(GIVE, [instance, ...shards]);
    },
    leave: async (instance) => {
      await run(LEAVE, [instance]);
    },
    ping: async () => {
      await guarded(() => scripts.ping());
    },
    close: () => scripts.close(),
  };
}

/** Clients put commands and addresses into their messages, so only the error's name is kept. */
async function guarded<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    throw new SpreadscopeError('lease_unavailable', `leases: Redis does not answer (${name})`, {
      cause: error,
    });
  }
}

/** An empty table of Lua is an object in JSON. */
function toView(answer: unknown, { shardsCount }: LeaseRequest): LeaseView {
  const view: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer;
  const { count, members, holders } = (view ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof count === 'number') {
    throw new SpreadscopeError(
      'config_invalid',
      `DETECTOR_SHARDS: expected what other instances have, ${count} in all (one of them for cycles unless MAX_LEGS=2), got ${shardsCount}`,
    );
  }
  return {
    members: toList(members).map(String).sort(),
    holders: toList(holders).map(toHolder),
  };
}

function toHolder(row: unknown): LeaseHolder {
  const [shard, instance, token] = toList(row);
  return { shard: Number(shard), instance: String(instance), token: Number(token) };
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
