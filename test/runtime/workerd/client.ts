/** The parts of the test Worker, as a test on Bun sees them: each method is a call over HTTP. */

import type { Cache, CacheStats } from '../../../src/cache/cache.ts';
import { type ErrorCode, SpreadscopeError } from '../../../src/domain/errors.ts';
import type { OpportunityStore } from '../../../src/store/store.ts';
import { type Call, fromWire, type Outcome, toWire } from './wire.ts';

type Invoke = (method: string, ...args: readonly unknown[]) => Promise<unknown>;

/** A store in the storage named `object`, opened anew. */
export async function openRemoteStore(url: string, object: string): Promise<OpportunityStore> {
  const invoke = createInvoke(url, object, 'store');
  await invoke('open');
  const remote = <Result>(method: string) =>
    ((...args: readonly unknown[]) => invoke(method, ...args)) as (
      ...args: readonly unknown[]
    ) => Promise<Result>;
  return {
    driver: 'durable',
    migrate: remote('migrate'),
    write: remote('write'),
    find: remote('find'),
    get: remote('get'),
    lifeStatistics: remote('lifeStatistics'),
    closeOrphans: remote('closeOrphans'),
    writeSpreads: remote('writeSpreads'),
    findSpreads: remote('findSpreads'),
    writeBasis: remote('writeBasis'),
    findBasis: remote('findBasis'),
    prune: remote('prune'),
    ping: remote('ping'),
    close: remote('close'),
  };
}

/** A cache in the storage named `object`, opened anew; `stats` is what they were after the last call. */
export async function openRemoteCache(url: string, object: string): Promise<Cache> {
  const invoke = createInvoke(url, object, 'cache');
  let stats: CacheStats = { hitsCount: 0, missesCount: 0, evictionsCount: 0, errorsCount: 0 };
  const remote = async (method: string, ...args: readonly unknown[]): Promise<unknown> => {
    try {
      return await invoke(method, ...args);
    } finally {
      stats = (await invoke('stats')) as CacheStats;
    }
  };
  await remote('open');
  return {
    driver: 'durable',
    get: (key) => remote('get', key) as ReturnType<Cache['get']>,
    set: async (key, value, ttlMs) => void (await remote('set', key, value, ttlMs)),
    delete: async (key) => void (await remote('delete', key)),
    stats: () => stats,
    ping: async () => void (await remote('ping')),
    close: async () => void (await remote('close')),
  };
}

function createInvoke(url: string, object: string, part: Call['part']): Invoke {
  return async (method, ...args) => {
    const call: Call = { part, method, args };
    const response = await fetch(`${url}/${object}`, { method: 'POST', body: toWire(call) });
    const outcome = fromWire(await response.text()) as Outcome;
    if ('value' in outcome) return outcome.value;
    const { name, code, message } = outcome.error;
    if (name === 'RangeError') throw new RangeError(message);
    if (name === 'SpreadscopeError') throw new SpreadscopeError(code as ErrorCode, message);
    throw new Error(`${name}: ${message}`);
  };
}
