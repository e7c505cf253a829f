/** `TERMS` may name a file: its text takes the place of its path. */

import { readFile } from 'node:fs/promises';
import type { Environment } from '../config.ts';
import { SpreadscopeError, toErrorMessage } from '../domain/errors.ts';

/**
 * The environment with the text of the terms in it. What begins with `{` is the text itself.
 *
 * @throws {SpreadscopeError} `config_invalid` when the file cannot be read.
 */
export async function withTerms<Env extends Environment>(env: Env): Promise<Env> {
  const given = typeof env.TERMS === 'string' ? env.TERMS.trim() : '';
  if (given === '' || given.startsWith('{')) return env;
  try {
    return { ...env, TERMS: await readFile(given, 'utf8') };
  } catch (error) {
    throw new SpreadscopeError(
      'config_invalid',
      `TERMS: expected JSON or the path of a JSON file: ${toErrorMessage(error)}`,
      { cause: error },
    );
  }
}
