/** The text of `TERMS` → fees, networks and balances. */

import { SpreadscopeError, toErrorMessage } from './errors.ts';
import { parseFees } from './parse-fees.ts';
import { parseNetworks } from './parse-networks.ts';
import { NO_TERMS, type Terms } from './terms.ts';
import { invalidTerm, readEntries, readFields, toAmountText } from './terms-fields.ts';

/**
 * @param text - JSON; empty: no terms.
 * @throws {SpreadscopeError} `config_invalid`, naming the field, what was expected and what came.
 */
export function parseTerms(text: string): Terms {
  if (text.trim() === '') return NO_TERMS;
  const fields = readFields(parseJson(text), '', ['fees', 'networks', 'balances']);
  return {
    fees: parseFees(fields.fees),
    networks: parseNetworks(fields.networks),
    balances: parseBalances(fields.balances),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SpreadscopeError('config_invalid', `TERMS: expected JSON: ${toErrorMessage(error)}`, {
      cause: error,
    });
  }
}

function parseBalances(value: unknown): Terms['balances'] {
  const exchanges = readEntries(value, 'balances').map(([exchange, assets]) => {
    const path = `balances.${exchange}`;
    const amounts = readEntries(assets, path).map(([asset, amount]) => {
      const text = toAmountText(amount);
      if (text === null) throw invalidTerm(`${path}.${asset}`, 'a decimal of at least 0', amount);
      return [asset, text] as const;
    });
    return [exchange, new Map(amounts)] as const;
  });
  return new Map(exchanges);
}
