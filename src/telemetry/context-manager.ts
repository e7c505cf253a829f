/**
 * The active context on `AsyncLocalStorage`, which Bun, Deno, Node and workerd (`nodejs_als`) all have. With
 * `diag`, which carries what the API says of its own use, it is the one global that the telemetry layer registers:
 * `context.active()` of the API has no other way to find it. Tracers, meters and propagators are passed explicitly.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT } from '@opentelemetry/api';

export class AsyncContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  /** `with` without arguments to hand on, for where one is run for each request. */
  run<Result>(active: Context, fn: () => Result): Result {
    return this.#storage.run(active, fn);
  }

  /** `with` for one argument, for where one is run for each span. */
  runWith<Given, Result>(active: Context, fn: (given: Given) => Result, given: Given): Result {
    return this.#storage.run(active, fn, given);
  }

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<Args extends unknown[], Fn extends (...args: Args) => ReturnType<Fn>>(
    active: Context,
    fn: Fn,
    thisArg?: ThisParameterType<Fn>,
    ...args: Args
  ): ReturnType<Fn> {
    // Without `this` the storage hands the arguments on by itself, and no closure is made.
    if (thisArg === undefined) return this.#storage.run(active, fn, ...args);
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
    if (registered === this) registered = null;
    this.#storage.disable();
    return this;
  }
}

/** The manager that this module registered and nobody has removed since. */
let registered: AsyncContextManager | null = null;

/** `context.with`, without asking the API for the manager each time when it is ours. */
export function runInContext<Result>(active: Context, fn: () => Result): Result {
  return registered === null ? context.with(active, fn) : registered.run(active, fn);
}

/** The same for a function that takes something; `telemetry-workerd/workerd-active-span`. */
export function runInContextWith<Given, Result>(
  active: Context,
  fn: (given: Given) => Result,
  given: Given,
): Result {
  return registered === null
    ? context.with(active, fn, undefined, given)
    : registered.runWith(active, fn, given);
}

/** `context.active`, likewise. */
export function activeContext(): Context {
  return registered === null ? context.active() : registered.active();
}

/**
 * Makes `context.active()` work, once for the process. A manager that is there already (another instance of this layer,
 * or a service's own) is kept: all share it.
 */
export function ensureContextManager(): void {
  if (isContextManagerActive()) return;
  const manager = new AsyncContextManager();
  if (context.setGlobalContextManager(manager)) registered = manager;
}

/** The API's fallback ignores `with`, any real manager obeys it. */
function isContextManagerActive(): boolean {
  const probe = ROOT_CONTEXT.setValue(Symbol('probe'), true);
  return context.with(probe, () => context.active() === probe);
}
