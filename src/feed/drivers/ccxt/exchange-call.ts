/** One call to an exchange: bounded in time, abortable, its fault given a code, seen as one CLIENT span. */

import { type Context, type Span, SpanKind, type Tracer } from '@opentelemetry/api';
import type { Clock } from '../../../domain/clock.ts';
import { ATTR, SPAN } from '../../../telemetry/names.ts';
import { withSpan } from '../../../telemetry/spans.ts';
import { type CallRecord, createCallRecord, currentCall, toSpanUrl } from './call-record.ts';
import type { CcxtErrors } from './ccxt-types.ts';
import { ExchangeFault, toExchangeFault } from './exchange-fault.ts';

export interface ExchangeCaller {
  readonly exchange: string;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly errors: CcxtErrors;
  /** Told the round trip of each answered request, milliseconds. */
  readonly onRoundTrip: (roundTripMs: number) => void;
}

export interface ExchangeCall<Result> {
  /** The method of ccxt; `exchange.operation` of the span. */
  readonly operation: string;
  readonly symbol?: string;
  readonly symbolsCount?: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Explicit parent of the span; the active context when absent. */
  readonly parent?: Context;
  /** Makes the call and checks its result. */
  readonly invoke: () => Promise<Result>;
}

/**
 * Runs `call.invoke` inside its span.
 *
 * @throws {SpreadscopeError} with a code that says why; `exchange_timeout` after `timeoutMs`.
 * @throws the signal's reason when `call.signal` aborts.
 */
export function callExchange<Result>(
  caller: ExchangeCaller,
  call: ExchangeCall<Result>,
): Promise<Result> {
  const attributes = {
    [ATTR.exchangeName]: caller.exchange,
    [ATTR.exchangeOperation]: call.operation,
    [ATTR.exchangeRateLimited]: false,
    ...(call.symbol === undefined ? {} : { [ATTR.symbol]: call.symbol }),
    ...(call.symbolsCount === undefined ? {} : { [ATTR.symbolsCount]: call.symbolsCount }),
  };
  const options = { kind: SpanKind.CLIENT, attributes };
  return withSpan(
    caller.tracer,
    SPAN.exchangeCall,
    call.parent === undefined ? options : { ...options, parent: call.parent },
    (span) => runCall(caller, call, span),
  );
}

async function runCall<Result>(
  caller: ExchangeCaller,
  call: ExchangeCall<Result>,
  span: Span,
): Promise<Result> {
  call.signal.throwIfAborted();
  const failing = new AbortController();
  const ending = new AbortController();
  const record = createCallRecord(failing.signal);
  const startedAtMs = caller.clock.monotonicMs();
  const work = currentCall.run(record, call.invoke);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline(caller, call, ending.signal)]);
  } catch (error) {
    // Only then: a stream's first message leaves requests behind that the next messages need.
    failing.abort(new DOMException('the call failed', 'AbortError'));
    if (call.signal.aborted) {
      span.setAttribute(ATTR.errorType, 'aborted');
      throw call.signal.reason;
    }
    const fault = toExchangeFault(caller.exchange, error, caller.errors, record);
    span.setAttribute(ATTR.errorType, fault.code);
    if (fault.code === 'exchange_rate_limited') span.setAttribute(ATTR.exchangeRateLimited, true);
    throw fault;
  } finally {
    record.isOver = true;
    ending.abort();
    span.setAttribute(ATTR.exchangeResponseTimeMs, caller.clock.monotonicMs() - startedAtMs);
    describeRecord(span, record);
    if (record.roundTripMs !== null) caller.onRoundTrip(record.roundTripMs);
  }
}

/** Never resolves: rejects when the time is over or the caller aborts. Leaves nothing behind once `ended` aborts. */
async function deadline(
  caller: ExchangeCaller,
  call: ExchangeCall<unknown>,
  ended: AbortSignal,
): Promise<never> {
  await caller.clock.sleep(call.timeoutMs, AbortSignal.any([call.signal, ended]));
  throw new ExchangeFault(caller.exchange, 'exchange_timeout');
}

function describeRecord(span: Span, record: CallRecord): void {
  span.setAttribute(ATTR.exchangeRequestsCount, record.requestsCount);
  if (record.retryAfterMs !== null) {
    span.setAttribute(ATTR.exchangeRetryAfterMs, record.retryAfterMs);
  }
  if (record.url !== null) {
    const { full, host } = toSpanUrl(record.url);
    span.setAttribute(ATTR.urlFull, full);
    span.setAttribute(ATTR.serverAddress, host);
  }
  if (record.method !== null) span.setAttribute(ATTR.httpRequestMethod, record.method);
  if (record.status !== null) span.setAttribute(ATTR.httpStatusCode, record.status);
}
