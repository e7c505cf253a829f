/** What an exception event says (semantic conventions, "Exceptions on spans"). */

import type { Attributes, Exception } from '@opentelemetry/api';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions';

/** Null when there is neither a type nor a message. A `code` is taken for the type, as the official tracer does. */
export function toExceptionAttributes(exception: Exception): Attributes | null {
  if (typeof exception === 'string') {
    return exception === '' ? null : { [ATTR_EXCEPTION_MESSAGE]: exception };
  }
  if (exception === null || exception === undefined) return null;
  const attributes: Attributes = {};
  const type = exception.code ? exception.code.toString() : exception.name;
  if (type) attributes[ATTR_EXCEPTION_TYPE] = type;
  if (exception.message) attributes[ATTR_EXCEPTION_MESSAGE] = exception.message;
  if (!type && !exception.message) return null;
  if (exception.stack) attributes[ATTR_EXCEPTION_STACKTRACE] = exception.stack;
  return attributes;
}
