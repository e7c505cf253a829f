/** Parsers of option values; each refusal names the option and what was expected. */

import { InvalidArgumentError } from 'commander';

/** A number from `min` to `max`. */
export function numberOption(min: number, max: number) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.POSITIVE_INFINITY
        ? `Expected a number of at least ${min}.`
        : `Expected a number from ${min} to ${max}.`,
    );
  };
}

/** A number of at least `min`, or `off` for no limit. */
export function limitOption(min: number) {
  return (text: string): number =>
    text.toLowerCase() === 'off'
      ? Number.POSITIVE_INFINITY
      : numberOption(min, Number.POSITIVE_INFINITY)(text);
}

/** A whole number from `min` to `max`. */
export function integerOption(min: number, max: number) {
  return (text: string): number => {
    const value = numberOption(min, max)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError('Expected a whole number.');
  };
}

/** One of a few words. */
export function choiceOption<Choice extends string>(choices: readonly Choice[]) {
  return (text: string): Choice => {
    const found = choices.find((choice) => choice === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected ${choices.join(', ')}.`);
  };
}

/** `max`, or a factor above 0 such as `10` or `10x`. */
export function speedOption(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const value = Number(text.replace(/x$/i, ''));
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected max or a factor above 0, such as 10x.');
}
