/** What every store does. A driver's test calls this with a way to open a store on an empty database. */

import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test';
import { LIFE_HORIZONS_MS } from '../../src/detect/life/life.ts';
import { createSpreadBook } from '../../src/detect/life/spread-book.ts';
import { summariseLives } from '../../src/detect/life/statistics.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import type { OpportunityFilter, OpportunityStore } from '../../src/store/store.ts';
import { sampleBasisEdge } from '../support/basis-samples.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { sampleOpportunity, SAMPLE_OPENED_AT_MS as T } from './sample-opportunity.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

/** One driver in one setting. */
export interface StoreUnderTest {
  readonly store: OpportunityStore;
  /** Another store on the same database; null when the driver admits one process only. */
  readonly openSecond: (() => Promise<OpportunityStore>) | null;
  /** Closes the store and all that stands behind it. */
  readonly dispose: () => Promise<void>;
}

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ${name} store`, () => {
    let opened: StoreUnderTest;
    let store: OpportunityStore;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.dispose());

    test('answers a ping before it is migrated', () => store.ping());

    test('migrates an empty database once', async () => {
      const names = ['0001_opportunities', '0002_spread_windows', '0003_basis_snapshots'];
      const applied = await store.migrate();
      expect(applied.slice(0, 3)).toEqual(names);
      expect(await store.migrate()).toEqual([]);
    });

    test('migrates once when two start together', async () => {
      if (opened.openSecond === null) return;
      const second = await opened.openSecond();
      expect(await Promise.all([store.migrate(), second.migrate()])).toEqual([[], []]);
      await second.close();
    });

    describe('with a schema', () => {
      beforeEach(async () => {
        await store.closeOrphans(0);
        // Of a division of its own: leaves none of the others open.
        await store.fences?.raise('0/1', 1, 0);
        await store.prune(Number.MAX_SAFE_INTEGER);
      });

      test('gives back exactly what was written', async () => {
        const open = sampleOpportunity({ id: 'open' });
        const closed = sampleOpportunity({ id: 'closed', closedAtMs: T + 5.5 });
        await store.write([open, closed]);
        expect(await store.get('open')).toEqual(open);
        expect(await store.get('closed')).toEqual(closed);
      });

      test('keeps numbers and text at the edges of their types', async () => {
        const sample = sampleOpportunity({ id: 'o\'1 \\ " é 💱 $1', openedAtMs: T + 0.123 });
        const hard: Opportunity = {
          ...sample,
          first: { ...sample.first, edgeBps: -1e-7, grossBps: 1e21, atMs: 2 ** 53 - 1 },
          peak: { ...sample.peak, profitInQuote: '123456789012345678901234567890.000000001' },
        };
        await store.write([hard]);
        expect(await store.get(hard.id)).toEqual(hard);
      });

      test('answers null for an id that it does not have', async () => {
        expect(await store.get('unknown')).toBeNull();
        expect(await store.get('a\0b')).toBeNull();
      });

      test('writes nothing when there is nothing to write', async () => {
        await store.write([]);
        expect(await ids(store, {})).toEqual([]);
      });

      test("leaves open what was written under a lease, which is its owner's", async () => {
        if (store.fences === undefined) return;
        await store.write([
          sampleOpportunity({ id: 'free' }),
          { ...sampleOpportunity({ id: 'leased' }), lease: { shard: '0/2', token: 1 } },
        ]);
        expect(await store.closeOrphans(T + 5)).toBe(1);
        expect((await store.get('free'))?.closeReason).toBe('shutdown');
        expect((await store.get('leased'))?.state).toBe('open');
      });

      test('lets a raised fence close what is open in its shard, and refuse its owner before', async () => {
        if (store.fences === undefined) return;
        const leased = (id: string, shard: string, token: number, revision = 1) => ({
          ...sampleOpportunity({ id, revision }),
          lease: { shard, token },
        });
        const token = 10;
        await store.write([
          ...[leased('mine', '7/9', token), leased('other', '8/9', token)],
          ...[leased('divided', '1/3', token)],
        ]);
        expect(await store.fences.raise('7/9', token + 1, T + 5)).toBe(2);
        expect(await store.get('mine')).toMatchObject({
          ...{ state: 'closed', closeReason: 'handed_over', revision: 2, closedAtMs: T + 5 },
        });
        expect((await store.get('divided'))?.state).toBe('closed');
        expect((await store.get('other'))?.state).toBe('open');
        const stale = [leased('mine', '7/9', token, 9), leased('late', '7/9', token)];
        const fresh = [leased('next', '7/9', token + 1), leased('other', '8/9', token, 2)];
        const error: unknown = await store
          .write([...stale, ...fresh, sampleOpportunity({ id: 'free' })])
          .catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'store_fenced', ids: new Set(['mine', 'late']) });
        expect((await store.get('mine'))?.revision).toBe(2);
        expect(await store.get('late')).toBeNull();
        expect((await store.get('next'))?.lease).toEqual({ shard: '7/9', token: token + 1 });
        expect((await store.get('other'))?.revision).toBe(2);
        expect((await store.get('free'))?.state).toBe('open');
        expect(await store.fences.raise('7/9', token, T + 6)).toBe(1);
        await expect(store.write([leased('again', '7/9', token)])).rejects.toMatchObject({
          code: 'store_fenced',
        });
      });

      test('replaces a row by a higher revision only', async () => {
        const second = sampleOpportunity({ id: 'a', revision: 2, peakEdgeBps: 20 });
        await store.write([second]);
        await store.write([sampleOpportunity({ id: 'a', revision: 1, peakEdgeBps: 10 })]);
        await store.write([sampleOpportunity({ id: 'a', revision: 2, peakEdgeBps: 30 })]);
        expect(await store.get('a')).toEqual(second);
        const third = sampleOpportunity({ id: 'a', revision: 3, closedAtMs: T + 9 });
        await store.write([third]);
        expect(await store.get('a')).toEqual(third);
        expect(await ids(store, { minEdgeBps: 12.6 })).toEqual([]);
      });

      test('keeps the highest revision of an id that occurs twice in one write', async () => {
        const revisions = [2, 10, 1].map((revision) => sampleOpportunity({ id: 'a', revision }));
        await store.write(revisions);
        expect((await store.get('a'))?.revision).toBe(10);
        expect(await ids(store, {})).toEqual(['a']);
      });

      test('writes all of a batch or nothing, and says that the data is at fault', async () => {
        const good = sampleOpportunity({ id: 'good' });
        const bad = { ...sampleOpportunity({ id: 'bad' }), revision: Number.NaN };
        await expect(store.write([good, bad])).rejects.toMatchObject({ code: 'store_rejected' });
        expect(await store.get('good')).toBeNull();
      });

      test('never shows in an error what it was to write', async () => {
        const sample = sampleOpportunity({ id: 'a' });
        const bad = { ...sample, peak: { ...sample.peak, profitInQuote: 'hunter2' } };
        const error: unknown = await store.write([bad]).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'store_rejected' });
        expect(Bun.inspect(error, { depth: 8 })).not.toContain('hunter2');
      });

      test('filters by symbol, either exchange, state, time and edge', async () => {
        await store.write([
          sampleOpportunity({ id: 'a', symbol: 'ETH/USDT', peakEdgeBps: 5 }),
          sampleOpportunity({ id: 'b', openedAtMs: T + 1, buyExchange: 'gate', peakEdgeBps: 6 }),
          sampleOpportunity({
            id: 'c',
            openedAtMs: T + 2,
            sellExchange: 'gate',
            closedAtMs: T + 3,
          }),
        ]);
        expect(await ids(store, {})).toEqual(['c', 'b', 'a']);
        expect(await ids(store, { symbol: 'ETH/USDT' })).toEqual(['a']);
        expect(await ids(store, { exchange: 'gate' })).toEqual(['c', 'b']);
        expect(await ids(store, { state: 'open' })).toEqual(['b', 'a']);
        expect(await ids(store, { state: 'closed' })).toEqual(['c']);
        expect(await ids(store, { fromMs: T + 1 })).toEqual(['c', 'b']);
        expect(await ids(store, { toMs: T + 1 })).toEqual(['a']);
        expect(await ids(store, { minEdgeBps: 6 })).toEqual(['c', 'b']);
        expect(await ids(store, { minEdgeBps: 12.6 })).toEqual([]);
        const all = { exchange: 'gate', state: 'open', fromMs: T, toMs: T + 2 } as const;
        expect(await ids(store, { ...all, symbol: 'BTC/USDT', minEdgeBps: 1 })).toEqual(['b']);
        expect(await ids(store, { symbol: "x' OR 1=1 --" })).toEqual([]);
        expect(await ids(store, { symbol: 'a\0b' })).toEqual([]);
      });

      test('pages through everything once, ties by id, while rows are added', async () => {
        const names = ['a', 'B', 'c', 'd', 'E'];
        await store.write(names.map((id) => sampleOpportunity({ id })));
        const first = await store.find({ limit: 2 });
        await store.write([sampleOpportunity({ id: 'new', openedAtMs: T + 100 })]);
        const second = await store.find({ limit: 2, ...toNext(first) });
        const third = await store.find({ limit: 2, ...toNext(second) });
        const pages = [first, second, third].map((page) => page.opportunities.map(({ id }) => id));
        expect(pages).toEqual([['d', 'c'], ['a', 'E'], ['B']]);
        expect(third.nextCursor).toBeNull();
      });

      test('keeps windows of spreads once, and gives them newest first', async () => {
        const book = createSpreadBook({ windowCount: 5, maxPairsCount: 10 });
        const priced = (bid: number) => ({ exchange: `e${bid}`, bid, ask: bid + 1 });
        for (const symbol of ['X/Y', 'Q/Y']) book.sample(symbol, [priced(100), priced(103)]);
        const windowAt = (atMs: number, symbol = 'X/Y') => {
          const statistics = book.read(symbol);
          if (statistics === null) throw new Error('expected a window');
          return { atMs, source: 'synthetic', statistics } as const;
        };
        const [first, second, third] = [windowAt(T), windowAt(T + 0.5), windowAt(T + 1)];
        await store.writeSpreads([first, second, third, windowAt(T, 'Q/Y')]);
        await store.writeSpreads([first]);
        await store.writeSpreads([]);
        const found = (filter: object) =>
          store.findSpreads({ symbol: 'X/Y', limit: 500, ...filter });
        expect(await found({})).toEqual([third, second, first]);
        expect(await found({ limit: 1 })).toEqual([third]);
        expect(await found({ fromMs: T + 0.5 })).toEqual([third, second]);
        expect(await found({ toMs: T + 0.5 })).toEqual([first]);
        expect(await found({ symbol: 'a\0b' })).toEqual([]);
        await expect(found({ limit: 0 })).rejects.toThrow(RangeError);
        await expect(found({ limit: 501 })).rejects.toThrow(RangeError);
        expect(await store.prune(T + 1)).toBe(0);
        expect(await found({})).toEqual([third]);
      });

      test('keeps snapshots of carries once, and gives them newest first', async () => {
        const snapshot = (given: Parameters<typeof sampleBasisEdge>[0]) =>
          ({ source: 'synthetic', edge: sampleBasisEdge(given) }) as const;
        const [first, second] = [snapshot({ atMs: T }), snapshot({ atMs: T + 0.5 })];
        const dated = snapshot({ atMs: T, kind: 'dated_spot' });
        const ether = snapshot({ atMs: T + 1, base: 'ETH' });
        await store.writeBasis([first, second, dated, ether]);
        await store.writeBasis([snapshot({ atMs: T, profitBps: 1 })]);
        await store.writeBasis([]);
        const found = (filter: object) => store.findBasis({ limit: 500, ...filter });
        expect(await found({ base: 'BTC', kind: 'perpetual_spot' })).toEqual([second, first]);
        expect(await found({})).toEqual([ether, second, dated, first]);
        expect(await found({ limit: 1 })).toEqual([ether]);
        expect(await found({ fromMs: T + 0.5, toMs: T + 1 })).toEqual([second]);
        expect(await found({ quote: 'USD' })).toEqual([]);
        expect(await found({ base: 'a\0b' })).toEqual([]);
        await expect(found({ limit: 0 })).rejects.toThrow(RangeError);
        await expect(found({ limit: 501 })).rejects.toThrow(RangeError);
        expect(await store.prune(T + 1)).toBe(0);
        expect(await found({})).toEqual([ether]);
      });

      test('counts the lives of what is closed, as they are counted in memory', async () => {
        const lives = [
          [3, [true, true, false, false, false]],
          [0.5, [false, false, false, false, false]],
          [10, [true, null, null, null, null]],
        ] as const;
        const closed = lives.map(([edgeBpsSeconds, there], index) => ({
          ...sampleOpportunity({
            id: `c${index}`,
            openedAtMs: T + index,
            closedAtMs: T + 10 * index + 1,
            sellExchange: index === 0 ? 'gate' : 'okx',
            closeReason: index === 2 ? 'feed_ended' : 'edge_below_threshold',
          }),
          life: {
            edgeBpsSeconds,
            survival: LIFE_HORIZONS_MS.map((afterMs, step) => ({
              afterMs,
              isThere: there[step] ?? null,
            })),
          },
        }));
        const all = [
          ...closed,
          sampleOpportunity({ id: 'older', closedAtMs: T + 7, buyExchange: 'gate' }),
          sampleOpportunity({ id: 'open' }),
        ];
        await store.write(all);
        const counted = await store.lifeStatistics({});
        expect(counted).toEqual(summariseLives(all));
        expect(counted).toMatchObject({
          closedCount: 4,
          edgeBpsSeconds: 13.5,
          ghostKnownCount: 3,
          ghostCount: 1,
          closeReasons: [
            { reason: 'edge_below_threshold', count: 3 },
            { reason: 'feed_ended', count: 1 },
          ],
        });
        expect(counted.survival[1]).toEqual({ afterMs: 100, knownCount: 2, thereCount: 1 });
        expect(
          await store.lifeStatistics({ exchange: 'gate', fromMs: T, symbol: 'BTC/USDT' }),
        ).toEqual(summariseLives([all[0], all[3]].filter((each) => each !== undefined)));
        expect(await store.lifeStatistics({ symbol: 'none' })).toEqual(summariseLives([]));
        expect(await store.lifeStatistics({ symbol: 'a\0b' })).toEqual(summariseLives([]));
      });

      test('says that a page which ends exactly at the end is the last', async () => {
        await store.write([sampleOpportunity({ id: 'a' }), sampleOpportunity({ id: 'b' })]);
        expect((await store.find({ limit: 2 })).nextCursor).toBeNull();
        expect((await store.find({ limit: 1 })).nextCursor).not.toBeNull();
      });

      test('accepts limits from 1 to 500 and refuses others', async () => {
        for (const limit of [1, 500]) expect(await ids(store, { limit })).toEqual([]);
        for (const limit of [0, 501, 1.5, Number.NaN]) {
          await expect(store.find({ limit })).rejects.toThrow(RangeError);
        }
      });

      test('refuses a cursor that it did not make', async () => {
        await expect(store.find({ limit: 1, cursor: 'nonsense' })).rejects.toThrow(RangeError);
      });

      test('closes what an earlier run left open, and nothing else', async () => {
        const closed = sampleOpportunity({ id: 'closed', closedAtMs: T + 1 });
        const late = sampleOpportunity({ id: 'late', revision: 50 });
        await store.write([sampleOpportunity({ id: 'open' }), closed, late]);
        expect(await store.closeOrphans(T + 10)).toBe(2);
        const orphan = { state: 'closed', closeReason: 'shutdown', revision: 2 };
        expect(await store.get('open')).toMatchObject({ ...orphan, closedAtMs: T + 10 });
        expect(await store.get('late')).toMatchObject({ closedAtMs: T + 50, updatedAtMs: T + 50 });
        expect(await store.get('closed')).toEqual(closed);
        expect(await ids(store, { state: 'open' })).toEqual([]);
        expect(await store.closeOrphans(T + 11)).toBe(0);
      });

      test('ignores a late write of a run whose opportunities were closed', async () => {
        await store.write([sampleOpportunity({ id: 'a', revision: 4 })]);
        await store.closeOrphans(T + 10);
        await store.write([sampleOpportunity({ id: 'a', revision: 5 })]);
        expect((await store.get('a'))?.state).toBe('closed');
      });

      test('deletes what is closed and opened before the given time', async () => {
        await store.write([
          sampleOpportunity({ id: 'old', closedAtMs: T + 1 }),
          sampleOpportunity({ id: 'young', openedAtMs: T + 1, closedAtMs: T + 2 }),
          sampleOpportunity({ id: 'open' }),
        ]);
        expect(await store.prune(T)).toBe(0);
        expect(await store.prune(T + 1)).toBe(1);
        expect(await ids(store, {})).toEqual(['young', 'open']);
      });

      test('deletes any number', async () => {
        const many = Array.from({ length: 2500 }, (_, index) =>
          sampleOpportunity({ id: `n${index}`, closedAtMs: T + 1 }),
        );
        await store.write(many);
        expect(await store.prune(T + 1)).toBe(2500);
        expect(await ids(store, {})).toEqual([]);
      });

      test('takes a thousand in one write, and writes at the same time', async () => {
        const many = Array.from({ length: 1000 }, (_, index) =>
          sampleOpportunity({ id: `n${index}`, openedAtMs: T + index }),
        );
        await Promise.all([store.write(many), store.write(many.slice(0, 100)), store.write(many)]);
        const page = await store.find({ limit: 500, fromMs: T + 500 });
        expect(page.opportunities).toEqual(many.slice(500).reverse());
        expect(page.nextCursor).toBeNull();
      });
    });

    test('refuses to work when it is closed, and closes twice without a fault', async () => {
      const second = await opened.openSecond?.();
      const target = second ?? store;
      await target.close();
      await target.close();
      await expect(target.ping()).rejects.toMatchObject({ code: 'closed' });
      await expect(target.write([sampleOpportunity()])).rejects.toMatchObject({ code: 'closed' });
      await expect(target.find({ limit: 1 })).rejects.toMatchObject({ code: 'closed' });
    });
  });
}

async function ids(
  store: OpportunityStore,
  filter: Partial<OpportunityFilter>,
): Promise<readonly string[]> {
  const page = await store.find({ limit: 500, ...filter });
  return page.opportunities.map((opportunity) => opportunity.id);
}

function toNext(page: { readonly nextCursor: string | null }): { readonly cursor?: string } {
  return page.nextCursor === null ? {} : { cursor: page.nextCursor };
}
