/**
 * The active context on `AsyncLocalStorage`, which Bun, Deno, Node and workerd (`nodejs_als`) all have. With
 * `diag`, which carries what the API says of its own use, it is the one global that the telemetry layer registers:
 * `context.active()` of the API has no other way to find it. Tracers, meters and propagators are passed explicitly.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT } from '@opentelemetry/api';

export class AsyncContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<Args extends unknown[], Fn extends (...args: Args) => ReturnType<Fn>>(
    active: Context,
    fn: Fn,
    thisArg?: ThisParameterType<Fn>,
    ...args: Args
  ): ReturnType<Fn> {
    return this.#storage.run(active, () => fn.apply(thisArg, args));
  }

  /** Functions only: anything else is returned as it is. */
  bind<Target>(active: Context, target: Target): Target {
    if (typeof target !== 'function') return target;
    const storage = this.#storage;
    const bound = function bound(this: unknown, ...args: unknown[]): unknown {
      return storage.run(active, () => target.apply(this, args));
    };
    return bound as Target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

/**
 * Makes `context.active()` work, once for the process. A manager that is there already (another instance of this layer,
 * or a service's own) is kept: all share it.
 */
export function ensureContextManager(): void {
  if (isContextManagerActive()) return;
  context.setGlobalContextManager(new AsyncContextManager());
}

/** The API's fallback ignores `with`, any real manager obeys it. */
function isContextManagerActive(): boolean {
  const probe = ROOT_CONTEXT.setValue(Symbol('probe'), true);
  return context.with(probe, () => context.active() === probe);
}
