/** `fetch` that carries the context to allowed hosts and keeps it from all others. */

import type { Context, TextMapPropagator } from '@opentelemetry/api';
import { headersSetter } from './carriers.ts';
import type { OutboundPolicy } from './outbound-policy.ts';

/** The part of `fetch` that every runtime has. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What is sent, where it may go, and what sends it. */
export interface PropagatingFetchOptions {
  readonly propagator: TextMapPropagator;
  readonly policy: OutboundPolicy;
  readonly fetch: Fetch;
}

/**
 * The context is given explicitly. Headers of the propagator that the caller set are removed on the way to a host that
 * is not allowed, so nothing that was copied from an incoming request leaks either. An allowed host that redirects
 * is not followed with our headers: the redirect comes back as the answer unless `init.redirect` says `error`.
 */
export function createPropagatingFetch(options: PropagatingFetchOptions) {
  return function propagatingFetch(
    context: Context,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    const isAllowed = options.policy.allows(urlOf(input));
    const headers = outboundHeaders(options, context, isAllowed, headersOf(input, init));
    if (!isAllowed) return options.fetch(input, { ...init, headers });
    const redirect = redirectOf(input, init) === 'error' ? 'error' : 'manual';
    return options.fetch(input, { ...init, headers, redirect });
  };
}

function outboundHeaders(
  { propagator }: PropagatingFetchOptions,
  context: Context,
  isAllowed: boolean,
  given: HeadersInit | undefined,
): Headers {
  const headers = new Headers(given);
  for (const field of propagator.fields()) headers.delete(field);
  if (isAllowed) propagator.inject(context, headers, headersSetter);
  return headers;
}

/** Headers in `init` replace those of a `Request`, as `fetch` itself does. */
function headersOf(input: string | URL | Request, init: RequestInit): HeadersInit | undefined {
  return init.headers ?? (input instanceof Request ? input.headers : undefined);
}

function redirectOf(input: string | URL | Request, init: RequestInit): RequestRedirect {
  return init.redirect ?? (input instanceof Request ? input.redirect : 'follow');
}

function urlOf(input: string | URL | Request): string | URL {
  return input instanceof Request ? input.url : input;
}
