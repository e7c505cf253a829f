/** The Durable Object that detects: it runs from its first request on, and alarms bring it back after an eviction. */

import { isSpreadscopeError, toErrorMessage } from '../../domain/errors.ts';
import type { DurableStorage } from '../../store/drivers/durable.ts';
import { traceFetch } from '../../telemetry/http-server.ts';
import type { Bindings, ObjectId } from './bindings.ts';
import { STREAM_PATH } from './gateway/paths.ts';
import { createLiveSockets, type LiveSockets } from './live-sockets.ts';
import { type OpenedApp, openApp } from './open-app.ts';
import { type OpenFeed, openOwnFeed } from './open-feed.ts';
import { answerShardCall, isShardCall } from './shard-calls.ts';
import { type HibernatingSocket, isUpgrade } from './web-sockets.ts';

/** The members of a Durable Object's state that are used. */
export interface MarketState {
  readonly id: ObjectId;
  readonly storage: DurableStorage & {
    setAlarm(atMs: number): Promise<void>;
  };
  blockConcurrencyWhile<Result>(work: () => Promise<Result>): Promise<Result>;
  acceptWebSocket(socket: HibernatingSocket): void;
  getWebSockets(): readonly HibernatingSocket[];
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
  #sockets: LiveSockets | null = null;
  #answer: (request: Request) => Promise<Response> | Response = () => this.#refuse();
  /** Why there is no program; configuration only, and configuration errors carry no secret. */
  #fault: string | null = null;

  constructor(state: MarketState, env: Bindings, openFeed: OpenFeed = openOwnFeed) {
    this.#state = state;
    void state.blockConcurrencyWhile(() => this.#start(env, openFeed));
  }

  fetch(request: Request): Promise<Response> | Response {
    return this.#answer(request);
  }

  /** Keeps the object in memory and sends what waits to be sent. A program that failed begins anew. */
  async alarm(): Promise<void> {
    if (this.#opened === null) return;
    const { app, sender, telemetry, isRetired, journal } = this.#opened;
    const isDone = isRetired && journal.accounts().outboxCount === 0;
    if (!isDone) await this.#state.storage.setAlarm(Date.now() + ALARM_INTERVAL_MS);
    await sender?.send();
    await telemetry.flush();
    const { state, error } = app.pipeline.status();
    if (state === 'failed') this.#state.abort(error ?? 'the pipeline failed');
  }

  /** Clients have nothing to say. */
  webSocketMessage(): void {}

  webSocketClose(socket: HibernatingSocket): void {
    this.#sockets?.forget(socket);
  }

  webSocketError(socket: HibernatingSocket): void {
    this.#sockets?.forget(socket);
  }

  async #start(env: Bindings, openFeed: OpenFeed): Promise<void> {
    try {
      this.#opened = await openApp(env, this.#state, openFeed);
    } catch (error) {
      if (!isSpreadscopeError(error, 'config_invalid')) throw error;
      this.#fault = toErrorMessage(error);
      return;
    }
    const { app, telemetry, isRetired } = this.#opened;
    const { hub } = app.pipeline;
    const sockets = createLiveSockets(hub, (socket) => this.#state.acceptWebSocket(socket));
    for (const socket of this.#state.getWebSockets()) sockets.resume(socket);
    this.#sockets = sockets;
    this.#answer = this.#toAnswer(this.#opened, sockets);
    await this.#state.storage.setAlarm(Date.now() + ALARM_INTERVAL_MS);
    if (isRetired) return;
    void app.run().catch((error: unknown) => telemetry.logger.error('detection failed', {}, error));
  }

  #toAnswer(opened: OpenedApp, sockets: LiveSockets) {
    const { app, telemetry } = opened;
    const acceptTraced = traceFetch(telemetry, (request: Request) => sockets.accept(request));
    const callTraced = traceFetch(telemetry, (request: Request) =>
      answerShardCall(request, opened),
    );
    return (request: Request): Promise<Response> | Response => {
      const { pathname } = new URL(request.url);
      if (isShardCall(pathname)) return callTraced(request);
      if (pathname === STREAM_PATH && isUpgrade(request)) return acceptTraced(request);
      return app.fetch(request);
    };
  }

  #refuse(): Response {
    const problem = { title: 'Not configured', status: 503, code: 'config_invalid' };
    return Response.json(
      { type: 'about:blank', ...problem, detail: this.#fault },
      { status: 503, headers: { 'Content-Type': 'application/problem+json' } },
    );
  }
}
