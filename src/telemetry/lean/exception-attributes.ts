/** What an exception event says (semantic conventions, "Exceptions on spans"). */

import type { Attributes, Exception } from '@opentelemetry/api';

/** Null when there is neither a type nor a message. A `code` is taken for the type, as the official tracer does. */
export function toExceptionAttributes(exception: Exception): Attributes | null {
  if (typeof exception === 'string') {
    return exception === '' ? null : { ['exception.message']: exception };
  }
  if (exception === null || exception === undefined) return null;
  const attributes: Attributes = {};
  const type = exception.code ? exception.code.toString() : exception.name;
  if (type) attributes['exception.type'] = type;
  if (exception.message) attributes['exception.message'] = exception.message;
  if (!type && !exception.message) return null;
  if (exception.stack) attributes['exception.stacktrace'] = exception.stack;
  return attributes;
}
