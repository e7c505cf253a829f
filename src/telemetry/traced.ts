/** Spans around whole functions and methods. */

import type { Attributes, SpanKind, Tracer } from '@opentelemetry/api';
import { withSpan } from './spans.ts';

export interface TracedOptions<Args extends unknown[]> {
  readonly kind?: SpanKind;
  /** Fixed, or taken from the arguments of each call. */
  readonly attributes?: Attributes | ((...args: Args) => Attributes);
}

/** A tracer, or where a method finds it on its object. */
export type TracerSource<This> = Tracer | ((self: This) => Tracer);

/**
 * Runs each call inside a span named `name`; see `withSpan`. Wraps a function, or decorates a method:
 *
 * ```ts
 * const load = traced(tracer, 'load')((path: string) => read(path));
 * class Loader {
 *   @traced((self: Loader) => self.tracer, 'load')
 *   load(path: string) { … }
 * }
 * ```
 */
export function traced<This, Args extends unknown[]>(
  tracer: TracerSource<This>,
  name: string,
  options: TracedOptions<Args> = {},
) {
  const { kind, attributes = {} } = options;
  return function trace<Result>(
    target: (this: This, ...args: Args) => Result,
    _context?: ClassMethodDecoratorContext,
  ): (this: This, ...args: Args) => Result {
    return function tracedCall(this: This, ...args: Args): Result {
      const own = typeof tracer === 'function' ? tracer(this) : tracer;
      const given = typeof attributes === 'function' ? attributes(...args) : attributes;
      const spanOptions = kind === undefined ? { attributes: given } : { attributes: given, kind };
      return withSpan(own, name, spanOptions, () => target.apply(this, args));
    };
  };
}
