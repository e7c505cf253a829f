/** How far an exchange's clock is ahead of ours, from its own answers to "what time is it". */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { CcxtExchange } from './ccxt-types.ts';
import { callExchange, type ExchangeCaller } from './exchange-call.ts';
import type { CcxtTimes } from './options.ts';

/** One answer. */
export interface ClockSample {
  /** The exchange's time in its answer, milliseconds since the epoch. */
  readonly serverTimeMs: number;
  /** Our time when the answer had arrived, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** From sending the request to having read its answer, milliseconds. */
  readonly roundTripMs: number;
}

/** Samples of one calibration, of which the shortest counts; few, because they take from the exchange's rate limit. */
export const CLOCK_SAMPLES_COUNT = 3;

/**
 * The exchange's clock less ours, milliseconds, by the sample of the shortest round trip: its answer was made halfway
 * (RFC 5905, section 8), with an error of at most half the round trip. Null without samples.
 */
export function estimateClockOffsetMs(samples: readonly ClockSample[]): number | null {
  const [first, ...others] = samples;
  if (first === undefined) return null;
  const best = others.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a), first);
  return best.serverTimeMs - (best.receivedAtMs - best.roundTripMs / 2);
}

export interface ClockMeasurement {
  readonly exchange: CcxtExchange;
  readonly caller: ExchangeCaller;
  readonly times: CcxtTimes;
}

/**
 * Asks several times, one after the other. Null when the exchange does not say its time.
 *
 * @throws {SpreadscopeError} when a request fails; the signal's reason when it aborts.
 */
export async function measureClockOffsetMs(
  measurement: ClockMeasurement,
  signal: AbortSignal,
): Promise<number | null> {
  if (measurement.exchange.has.fetchTime !== true) return null;
  const samples: ClockSample[] = [];
  for (let count = 0; count < CLOCK_SAMPLES_COUNT; count += 1) {
    const sample = await takeSample(measurement, signal);
    if (sample !== null) samples.push(sample);
  }
  return estimateClockOffsetMs(samples);
}

/** Null when the answer holds no time, or no request was seen. */
async function takeSample(
  { exchange, caller, times }: ClockMeasurement,
  signal: AbortSignal,
): Promise<ClockSample | null> {
  // The request's own round trip: the time in ccxt's queue for rate limits does not count.
  let roundTripMs: number | null = null;
  const onRoundTrip = (measuredMs: number) => {
    roundTripMs = measuredMs;
    caller.onRoundTrip(measuredMs);
  };
  const answer = await callExchange(
    { ...caller, onRoundTrip },
    {
      operation: 'fetchTime',
      timeoutMs: times.callTimeoutMs,
      signal,
      parent: ROOT_CONTEXT,
      invoke: async () => {
        const serverTimeMs = await exchange.fetchTime();
        return { serverTimeMs, receivedAtMs: caller.clock.nowMs() };
      },
    },
  );
  const { serverTimeMs, receivedAtMs } = answer;
  if (typeof serverTimeMs !== 'number' || !Number.isFinite(serverTimeMs)) return null;
  return roundTripMs === null ? null : { serverTimeMs, receivedAtMs, roundTripMs };
}
