/** The Worker of the tests on workerd. Each object name is a storage of its own. */

import { trace } from '@opentelemetry/api';
import market from '../../../build/market.wasm';
import { createDurableCache } from '../../../src/cache/drivers/durable.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { toKernelModule } from '../../../src/kernel/load-module.ts';
import { createDurableStore, type DurableStorage } from '../../../src/store/drivers/durable.ts';
import { replayText } from '../programs/replay-text.ts';
import { type Call, fromWire, type Outcome, toWire } from './wire.ts';

interface Bindings {
  readonly HARNESS: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: async (request: Request, { HARNESS }: Bindings): Promise<Response> => {
    const path = new URL(request.url).pathname;
    if (path === '/health') return new Response('ok');
    if (path !== '/replay') return HARNESS.getByName(path).fetch(request);
    return new Response(await replayText(await request.text(), toKernelModule(market)));
  },
};

export class Harness {
  readonly #storage: DurableStorage;
  #parts: Record<Call['part'], object>;

  constructor(state: { readonly storage: DurableStorage }) {
    this.#storage = state.storage;
    this.#parts = this.#open();
  }

  async fetch(request: Request): Promise<Response> {
    const { part, method, args } = fromWire(await request.text()) as Call;
    // A client that opens anew finds what the one before left.
    if (method === 'open') this.#parts = this.#open();
    return new Response(
      toWire(method === 'open' ? { value: null } : await this.#call(part, method, args)),
    );
  }

  async #call(part: Call['part'], method: string, args: readonly unknown[]): Promise<Outcome> {
    const target = this.#parts[part];
    try {
      const run: unknown = Reflect.get(target, method);
      if (typeof run !== 'function') throw new TypeError(`no method ${method}`);
      return { value: (await run.apply(target, args)) ?? null };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
      return { error: { name, message, code: typeof code === 'string' ? code : null } };
    }
  }

  #open(): Record<Call['part'], object> {
    const storage = this.#storage;
    const options = { sql: storage.sql, maxEntriesCount: 1000, clock: systemClock };
    return {
      store: createDurableStore({ storage, tracer: trace.getTracer('test') }),
      cache: createDurableCache(options),
    };
  }
}
