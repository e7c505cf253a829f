/** Reads the markets of one exchange by the best method that works: streams where they can be had, polls otherwise. */

import type { SpreadscopeError } from '../../../domain/errors.ts';
import { untilAborted } from './aborted.ts';
import { ExchangeFault } from './exchange-fault.ts';
import { pollExchange } from './poll-exchange.ts';
import { Reader, type ReaderOptions } from './reader.ts';
import type { StreamGate } from './stream-gate.ts';
import { type TransportStep, toTransportPlan } from './transport-plan.ts';
import { watchExchange } from './watch-exchange.ts';

export interface ExchangeReadingOptions extends Omit<ReaderOptions, 'markets' | 'symbols'> {
  readonly maxBookStreamsCount: number;
  readonly closeSockets: () => Promise<void>;
  /** Shared by all that read one exchange: streams that are blocked are blocked for all of them. */
  readonly gate: StreamGate;
}

export class ExchangeReading {
  readonly #options: ExchangeReadingOptions;
  readonly #gate: StreamGate;
  readonly #refused = new Set<TransportStep>();

  constructor(options: ExchangeReadingOptions) {
    this.#options = options;
    this.#gate = options.gate;
  }

  /** Resolves once `signal` aborts. @throws {SpreadscopeError} when the exchange fails. */
  async read(of: Pick<ReaderOptions, 'markets' | 'symbols'>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // One look at the clock decides both: a step taken because streams are shut out ends when they are not.
      const streamsInMs = this.#gate.waitMs(this.#options.clock.monotonicMs());
      const step = this.#nextStep(of.symbols.length, streamsInMs === 0);
      const reader = this.#createReader(of, step);
      try {
        await this.#readBy(step, reader, streamsInMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#refuse(step, reader.toFault(error));
      }
    }
  }

  /** The exchange is tried again from the start: methods that it refused may do now. */
  reset(): void {
    this.#refused.clear();
  }

  async #readBy(
    step: TransportStep,
    reader: Reader,
    streamsInMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (step.transport === 'websocket') {
      return untilAborted(watchExchange(reader, step, signal), signal);
    }
    const ending = new AbortController();
    const bounded = AbortSignal.any([signal, ending.signal]);
    if (streamsInMs > 0) this.#endIn(streamsInMs, ending, bounded);
    try {
      await untilAborted(pollExchange(reader, step, bounded), bounded);
    } finally {
      ending.abort();
    }
  }

  #endIn(durationMs: number, ending: AbortController, signal: AbortSignal): void {
    this.#options.clock.sleep(Math.ceil(durationMs), signal).then(
      () => ending.abort(),
      () => undefined,
    );
  }

  /** Puts a method aside that is refused while the exchange is not. @throws {SpreadscopeError} any other fault. */
  async #refuse(step: TransportStep, fault: SpreadscopeError): Promise<void> {
    const { exchange, clock, log, closeSockets } = this.#options;
    if (isRefusal(step, fault)) {
      this.#refused.add(step);
      log(`${exchange.id}: ${step.method} is of no use, another method is taken`, fault);
    } else if (
      step.transport === 'websocket' &&
      this.#gate.failed(fault.code, clock.monotonicMs())
    ) {
      log(`${exchange.id}: streams fail while requests succeed, it is polled for a while`, fault);
    } else {
      throw fault;
    }
    await closeSockets();
  }

  #nextStep(symbolsCount: number, mayStream: boolean): TransportStep {
    const { exchange, maxBookStreamsCount } = this.#options;
    const step = toTransportPlan(exchange.has, symbolsCount, maxBookStreamsCount).find(
      (each) => !this.#refused.has(each) && (mayStream || each.transport === 'rest'),
    );
    if (step === undefined) throw new ExchangeFault(exchange.id, 'exchange_not_supported');
    return step;
  }

  #createReader(of: Pick<ReaderOptions, 'markets' | 'symbols'>, step: TransportStep): Reader {
    const { state, sink, log, exchange } = this.#options;
    state.transport = step.transport;
    const live = () => {
      if (step.transport === 'websocket') this.#gate.streamed();
      log(`${exchange.id} is live (${step.method})`);
      sink.live();
    };
    return new Reader({ ...this.#options, ...of, sink: { ...sink, live } });
  }
}

/** The method is refused, not the exchange: another one may do. */
function isRefusal(step: TransportStep, fault: SpreadscopeError): boolean {
  if (fault.code === 'exchange_not_supported') return true;
  const isOfSymbols = fault.code === 'symbol_unknown' || fault.code === 'exchange_failed';
  return isOfSymbols && step.scope === 'all';
}
