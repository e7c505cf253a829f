/**
 * Tells ccxt that it runs in a web worker. It asks whether `self` is an instance of `WorkerGlobalScope`, once, while its
 * modules are read; workerd has that class, and a `self` that is none of it, so that ccxt would take it for Node and dial
 * with the package `ws`. Imported before ccxt by the module that `src/cli/build-edge-exchanges.ts` writes.
 */

const WorkerScope = { [Symbol.hasInstance]: (value: unknown) => value === globalThis };

Object.assign(globalThis, { WorkerGlobalScope: WorkerScope });
