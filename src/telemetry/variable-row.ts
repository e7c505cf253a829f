/** One variable without its prose. */

export interface Row {
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'choice' | 'url' | 'secret';
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

const INT32_MAX = 2_147_483_647;

export function row(kind: Row['kind'], defaultText = ''): Row {
  return { kind, default: defaultText };
}

export function choice(choices: readonly string[], defaultText = ''): Row {
  return { kind: 'choice', default: defaultText, choices };
}

/** Bounds are inclusive; a default of null: unset. */
export function integer(defaultValue: number | null, min: number, max = INT32_MAX): Row {
  return { kind: 'integer', default: `${defaultValue ?? ''}`, min, max };
}

/** As `integer`, with fractions. */
export function number(defaultValue: number | null, min: number, max: number): Row {
  return { ...integer(defaultValue, min, max), kind: 'number' };
}
