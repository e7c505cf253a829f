/** Loads ccxt when it is first needed (about 0.4 s), so that a start without live exchanges does not pay for it. */

import type { CcxtErrors, CcxtExchange, CcxtLibrary } from './ccxt-types.ts';

/** The package, once per process; the runtime's module cache keeps it. */
export async function loadCcxt(): Promise<CcxtLibrary> {
  const { default: ccxt } = await import('ccxt');
  const rest: Readonly<Record<string, unknown>> = ccxt;
  const pro: Readonly<Record<string, unknown>> = ccxt.pro;
  const errors: CcxtErrors = ccxt;
  return {
    exchanges: ccxt.exchanges,
    errors,
    exchangeClass: (id) => {
      if (!ccxt.exchanges.includes(id)) return null;
      return toClass(Object.hasOwn(pro, id) ? pro[id] : rest[id]);
    },
  };
}

function toClass(value: unknown): (new (config: object) => CcxtExchange) | null {
  return typeof value === 'function' ? (value as new (config: object) => CcxtExchange) : null;
}
