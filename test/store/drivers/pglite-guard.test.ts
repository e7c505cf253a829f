import { describe, expect, test } from 'bun:test';
import { createGuard } from '../../../src/store/drivers/pglite-guard.ts';

const fault = (severity: string) => Object.assign(new Error('a fault'), { severity });

describe('the guard of the embedded database', () => {
  test('lets one work through at a time, in order', async () => {
    const guard = createGuard();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} starts`);
      await Bun.sleep(1);
      log.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([guard(work('a')), guard(work('b'))])).toEqual(['a', 'b']);
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  test('goes on after an error of one statement', async () => {
    const guard = createGuard();
    await expect(guard(() => Promise.reject(fault('ERROR')))).rejects.toThrow('a fault');
    expect(await guard(async () => 1)).toBe(1);
  });

  for (const severity of ['FATAL', 'PANIC']) {
    test(`refuses all that comes after a ${severity}, what was waiting too`, async () => {
      const guard = createGuard();
      let reachedCount = 0;
      const reach = async () => {
        reachedCount += 1;
      };
      const [first, waiting] = await Promise.allSettled([
        guard(() => Promise.reject(fault(severity))),
        guard(reach),
      ]);
      expect(first).toMatchObject({ status: 'rejected', reason: { severity } });
      expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
      await expect(guard(reach)).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(reachedCount).toBe(0);
    });
  }
});
