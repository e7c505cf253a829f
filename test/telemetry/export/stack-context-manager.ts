/** A context manager for synchronous tests: what `with` was given is active until its callback returns. */

import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

export function createStackContextManager(): ContextManager {
  let current: Context = ROOT_CONTEXT;
  const manager: ContextManager = {
    active: () => current,
    with(active, callback, thisArg, ...args) {
      const before = current;
      current = active;
      try {
        return callback.call(thisArg as ThisParameterType<typeof callback>, ...args);
      } finally {
        current = before;
      }
    },
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
