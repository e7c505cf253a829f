/** The Durable Object that detects: it runs from its first request on, and alarms bring it back after an eviction. */

import { isSpreadscopeError, toErrorMessage } from '../../domain/errors.ts';
import type { DurableStorage } from '../../store/drivers/durable.ts';
import { type MarketBindings, type OpenedApp, openApp } from './open-app.ts';
import { type OpenFeed, openOwnFeed } from './open-feed.ts';

/** The members of a Durable Object's state that are used. */
export interface MarketState {
  readonly storage: DurableStorage & {
    setAlarm(atMs: number): Promise<void>;
  };
  blockConcurrencyWhile<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Ends this instance; the next event starts a new one. */
  abort(reason: string): void;
}

/**
 * An object that meets no event is taken out of memory: after 10 s when it may hibernate, and always on local workerd
 * (Durable Objects, "Lifecycle of a Durable Object"). An alarm is an event.
 */
const ALARM_INTERVAL_MS = 5_000;

export class Market {
  readonly #state: MarketState;
  #opened: OpenedApp | null = null;
  /** Why there is no program; configuration only, and configuration errors carry no secret. */
  #fault: string | null = null;

  constructor(state: MarketState, env: MarketBindings, openFeed: OpenFeed = openOwnFeed) {
    this.#state = state;
    void state.blockConcurrencyWhile(() => this.#start(env, openFeed));
  }

  fetch(request: Request): Promise<Response> | Response {
    if (this.#opened !== null) return this.#opened.app.fetch(request);
    const problem = { title: 'Not configured', status: 503, code: 'config_invalid' };
    return Response.json(
      { type: 'about:blank', ...problem, detail: this.#fault },
      { status: 503, headers: { 'Content-Type': 'application/problem+json' } },
    );
  }

  /** Keeps the object in memory and sends what waits to be exported. A program that failed begins anew. */
  async alarm(): Promise<void> {
    if (this.#opened === null) return;
    await this.#state.storage.setAlarm(Date.now() + ALARM_INTERVAL_MS);
    await this.#opened.telemetry.flush();
    const { state, error } = this.#opened.app.pipeline.status();
    if (state === 'failed') this.#state.abort(error ?? 'the pipeline failed');
  }

  async #start(env: MarketBindings, openFeed: OpenFeed): Promise<void> {
    try {
      this.#opened = await openApp(env, this.#state.storage, openFeed);
    } catch (error) {
      if (!isSpreadscopeError(error, 'config_invalid')) throw error;
      this.#fault = toErrorMessage(error);
      return;
    }
    const { app, telemetry } = this.#opened;
    await this.#state.storage.setAlarm(Date.now() + ALARM_INTERVAL_MS);
    void app.run().catch((error: unknown) => telemetry.logger.error('detection failed', {}, error));
  }
}
