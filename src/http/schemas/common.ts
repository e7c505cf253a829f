/** Schemas that several routes share. They validate requests, type the answers and make the OpenAPI document. */

import { z } from '@hono/zod-openapi';
import { GUARDS } from '../../detect/guards.ts';

/** Exact, without exponent. */
export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .openapi({ description: 'Exact decimal, without exponent', example: '64123.5' });

export const timeMs = z
  .number()
  .openapi({ description: 'Milliseconds since the Unix epoch', example: 1_767_225_600_000 });

export const count = z.number().int().min(0);

export const bps = z
  .number()
  .openapi({ description: 'Basis points, 1 bps = 0.01 %', example: 4.2 });

export const source = z.enum(['live', 'recording', 'synthetic']).openapi('MarketDataSource', {
  description: 'Where the market data comes from; only `live` is a real market now',
});

export const guard = z
  .enum(GUARDS)
  .openapi('MarketGuard', { description: 'Why a market takes no part in detection' });

export const reason = z
  .object({
    code: z.string().openapi({ example: 'exchange_timeout' }),
    message: z.string(),
  })
  .openapi('Reason', {
    description: 'Why something failed: a code to branch on, a sentence to read',
  });

/** A named schema or null: the name keeps its own meaning, which `nullable()` would change for all. */
export function orNull<Schema extends z.ZodType>(schema: Schema, description?: string) {
  const union = z.union([schema, z.null()]);
  return description === undefined ? union : union.openapi({ description });
}

const SYMBOL_EXPECTED = 'a symbol such as BTC-USDT, BTC%2FUSDT or BTC-USDT:USDT';

/** `BTC-USDT` and `BTC/USDT` → `BTC/USDT`; what follows `:` is kept. */
export const symbolText = z
  .string({ error: SYMBOL_EXPECTED })
  .max(64, SYMBOL_EXPECTED)
  .regex(/^[^\s/:]+[/-][^\s/:]+(:[^\s/:]+)?$/, SYMBOL_EXPECTED)
  .transform((text) => (text.includes('/') ? text : text.replace('-', '/')))
  .openapi({
    type: 'string',
    description: 'Symbol, with `-` or `%2F` between base and quote',
    example: 'BTC-USDT',
  });

const ROUTE_EXPECTED = `${SYMBOL_EXPECTED}, or the route of a cycle such as ADA>BTC>USDT`;

/** As `symbolText`, or the assets of a cycle with `>` between them: what an opportunity's `symbol` can be. */
export const symbolOrRouteText = z
  .string({ error: ROUTE_EXPECTED })
  .max(128, ROUTE_EXPECTED)
  .regex(/^([^\s/:>]+[/-][^\s/:>]+(:[^\s/:>]+)?|[^\s/:>]+(>[^\s/:>]+){2,4})$/, ROUTE_EXPECTED)
  .transform((text) => (/[/>]/.test(text) ? text : text.replace('-', '/')))
  .openapi({
    type: 'string',
    description:
      'Symbol, with `-` or `%2F` between base and quote, or the route of a cycle, such as `ADA>BTC>USDT`',
    example: 'BTC-USDT',
  });

export const exchangeText = z
  .string({ error: 'the name of an exchange, such as kraken' })
  .regex(/^[\w.-]{1,64}$/, 'the name of an exchange, such as kraken')
  .openapi({ description: 'Name of an exchange', example: 'kraken' });

export const symbolParams = z.object({
  symbol: symbolText.openapi({ param: { name: 'symbol', in: 'path' } }),
});

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly default?: number;
}

/** A whole number in a query, from `min` to `max`; blanks, exponents and fractions are refused. */
export function integerQuery({ min, max, description, ...rest }: NumberRange) {
  const expected = `a whole number from ${min} to ${max}`;
  return numberText(/^-?\d{1,16}$/, min, max, expected).openapi({
    type: 'integer',
    minimum: min,
    maximum: max,
    description,
    ...rest,
  });
}

/** A decimal number in a query, from `min` to `max`. */
export function numberQuery({ min, max, description, ...rest }: NumberRange) {
  const expected = `a number from ${min} to ${max}`;
  return numberText(/^-?\d{1,16}(\.\d{1,16})?$/, min, max, expected).openapi({
    type: 'number',
    minimum: min,
    maximum: max,
    description,
    ...rest,
  });
}

function numberText(form: RegExp, min: number, max: number, expected: string) {
  return z
    .string({ error: expected })
    .regex(form, { error: expected, abort: true })
    .transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}
