import { describe, expect, test } from 'bun:test';
import { planShards } from '../../src/lease/plan-shards.ts';

/** Owners by shard; null: nobody. */
function view(members: readonly string[], owners: readonly (string | null)[]) {
  const holders = owners.flatMap((instance, shard) =>
    instance === null ? [] : [{ shard, instance, token: 1 }],
  );
  return { members, holders };
}

const plan = (instance: string, members: readonly string[], owners: readonly (string | null)[]) =>
  planShards(
    instance,
    owners.length,
    owners.flatMap((owner, shard) => (owner === instance ? [shard] : [])),
    view(members, owners),
  );

describe('the plan of an instance', () => {
  test('takes everything when it is alone', () => {
    expect(plan('a', ['a'], [null, null, null])).toEqual({ take: [0, 1, 2], give: [] });
  });

  test('takes its share of what is free, the first by name one more', () => {
    expect(plan('a', ['a', 'b'], [null, null, null])).toEqual({ take: [0, 1], give: [] });
    expect(plan('b', ['a', 'b'], [null, null, null])).toEqual({ take: [0], give: [] });
    expect(plan('b', ['a', 'b'], ['a', 'a', null])).toEqual({ take: [2], give: [] });
  });

  test('gives what is beyond its share when another joins', () => {
    expect(plan('a', ['a', 'b'], ['a', 'a', 'a', 'a'])).toEqual({ take: [], give: [2, 3] });
    expect(plan('b', ['a', 'b'], ['a', 'a', 'a', 'a'])).toEqual({ take: [], give: [] });
  });

  test('changes nothing when all have their share, whichever that is', () => {
    for (const instance of ['a', 'b', 'c']) {
      expect(plan(instance, ['a', 'b', 'c'], ['c', 'a', 'b', 'a'])).toEqual({ take: [], give: [] });
    }
  });

  test('comes from any state to even shares, all shards owned, in a few steps', () => {
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const members = ['a', 'b', 'c', 'd', 'e'].slice(0, 1 + random(5));
      const owners = Array.from({ length: 1 + random(20) }, () => members[random(6)] ?? null);
      for (let step = 0; step < 3; step += 1) {
        for (const member of members) {
          const { take, give } = plan(member, members, owners);
          for (const shard of give) owners[shard] = null;
          for (const shard of take) {
            expect(owners[shard]).toBeNull();
            owners[shard] = member;
          }
        }
      }
      const counts = members.map((member) => owners.filter((owner) => owner === member).length);
      expect(owners).not.toContain(null);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});
