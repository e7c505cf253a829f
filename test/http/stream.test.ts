import { describe, expect, test } from 'bun:test';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { HEARTBEAT_MS } from '../../src/http/event-stream.ts';
import { createHub } from '../../src/pipeline/hub.ts';
import type { OpportunityHub } from '../../src/pipeline/ports.ts';
import { traceFetch } from '../../src/telemetry/http-server.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { createOpportunitySample } from '../support/opportunity-samples.ts';

const URL = '/api/opportunities/stream';

function createEvent(id: string, symbol = 'BTC/USDT'): OpportunityEvent {
  return { type: 'opened', opportunity: createOpportunitySample({ id, openedAtMs: 1, symbol }) };
}

function createWorld() {
  const world = createHttpWorld();
  const app = createHttpApp(world.services);
  const { hub } = world.services.pipeline;
  return { world, app, hub };
}

type App = ReturnType<typeof createHttpApp>;

/** Opens a stream; `next()` gives the next block of text, without its blank line. */
async function openStream(app: App, url = URL, headers: Readonly<Record<string, string>> = {}) {
  const response = await app.request(url, { headers });
  expect(response.status).toBe(200);
  if (response.body === null) throw new Error('expected a body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  const next = async (): Promise<string | null> => {
    for (;;) {
      const at = rest.indexOf('\n\n');
      if (at >= 0) {
        const block = rest.slice(0, at);
        rest = rest.slice(at + 2);
        return block;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      rest += value;
    }
  };
  expect(await next()).toMatch(/^retry: 2000(\nid: \d+-\d+)?$/);
  return { response, next, close: () => reader.cancel() };
}

function idOf(block: string | null): string {
  return JSON.parse(/^data: (.*)$/m.exec(block ?? '')?.[1] ?? '{}').id;
}

describe('the stream', () => {
  test('sends each event with its id, type and opportunity', async () => {
    const { app, hub, world } = createWorld();
    const { next, close, response } = await openStream(app);
    const event = createEvent('a');
    hub.publish([event]);
    expect(await next()).toBe(
      `id: ${world.clock.nowMs()}-1\nevent: opened\ndata: ${JSON.stringify(event.opportunity)}`,
    );
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await close();
  });

  test('resumes after the last event that a client saw, by header or query', async () => {
    const { app, hub, world } = createWorld();
    hub.publish([createEvent('a'), createEvent('b'), createEvent('c')]);
    const after = `${world.clock.nowMs()}-1`;
    const byHeader = await openStream(app, URL, { 'Last-Event-ID': after });
    expect([idOf(await byHeader.next()), idOf(await byHeader.next())]).toEqual(['b', 'c']);
    const byQuery = await openStream(app, `${URL}?lastEventId=${after}`);
    expect(idOf(await byQuery.next())).toBe('b');
    await byHeader.close();
    await byQuery.close();
  });

  test('refuses an id that is none of its own', async () => {
    const { app } = createWorld();
    const response = await app.request(URL, { headers: { 'Last-Event-ID': 'x'.repeat(50) } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ in: 'header', field: 'last-event-id' }],
    });
  });

  test('sends a comment when nothing happens, and no timer stays behind', async () => {
    const { app, hub, world } = createWorld();
    const { next, close } = await openStream(app);
    const pending = next();
    await world.clock.advance(HEARTBEAT_MS);
    expect(await pending).toBe(': heartbeat');
    hub.publish([createEvent('a')]);
    expect(idOf(await next())).toBe('a');
    await close();
    expect(hub.subscribersCount).toBe(0);
  });

  test('leaves out what a client does not want', async () => {
    const { app, hub } = createWorld();
    const { next, close } = await openStream(app, `${URL}?symbol=ETH-USDT`);
    const sold = await openStream(app, `${URL}?exchange=borea`);
    hub.publish([createEvent('a'), createEvent('b', 'ETH/USDT')]);
    expect(idOf(await next())).toBe('b');
    expect(idOf(await sold.next())).toBe('a');
    await close();
    await sold.close();
  });

  test('says how many messages a slow client lost', async () => {
    const { world } = createWorld();
    const hub = createHub({ startedAtMs: 1, rememberedCount: 2 });
    const services = { ...world.services, pipeline: { ...world.services.pipeline, hub } };
    const { next, close } = await openStream(createHttpApp(services));
    hub.publish(['a', 'b', 'c', 'd', 'e'].map((id) => createEvent(id)));
    expect(await next()).toBe('event: missed\ndata: {"missedCount":3}');
    expect([idOf(await next()), idOf(await next())]).toEqual(['d', 'e']);
    await close();
  });

  test('tells a client of an earlier run that something is missing', async () => {
    const { app, hub } = createWorld();
    const { next, close } = await openStream(app, URL, { 'Last-Event-ID': '1600000000000-7' });
    hub.publish([createEvent('a'), createEvent('b')]);
    expect(await next()).toBe('event: missed\ndata: {"missedCount":null}');
    expect([idOf(await next()), idOf(await next())]).toEqual(['a', 'b']);
    await close();
  });

  test('ends when the client goes, the hub closes or the program stops', async () => {
    const { app, hub, world } = createWorld();
    const first = await openStream(app);
    expect(hub.subscribersCount).toBe(1);
    await first.close();
    expect(hub.subscribersCount).toBe(0);

    const second = await openStream(app);
    const end = second.next();
    world.stop.abort();
    expect(await end).toBeNull();
    expect(hub.subscribersCount).toBe(0);
    expect(await (await app.request(URL)).json()).toMatchObject({ code: 'shutting_down' });
  });

  test('ends with the hub', async () => {
    const { app, hub } = createWorld();
    const { next } = await openStream(app);
    hub.close();
    expect(await next()).toBeNull();
  });

  test('is not opened for HEAD', async () => {
    const { app, hub } = createWorld();
    const response = await app.request(URL, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(hub.subscribersCount).toBe(0);
  });

  test('frees its place in a real server when the client hangs up', async () => {
    const { app, hub, world } = createWorld();
    const { telemetry } = world.services;
    const handler = traceFetch(telemetry, (request: Request) => app.fetch(request));
    const server = Bun.serve({ port: 0, fetch: handler });
    const client = new AbortController();
    const response = await fetch(server.url.origin + URL, { signal: client.signal });
    await response.body?.getReader().read();
    expect(hub.subscribersCount).toBe(1);
    client.abort();
    while (hub.subscribersCount > 0) await Bun.sleep(5);
    await server.stop(true);
  });

  test('opens at most a thousand times at once', async () => {
    const { world } = createWorld();
    const at = (subscribersCount: number) => {
      const { hub: real } = world.services.pipeline;
      const hub: OpportunityHub = {
        publish: (events) => real.publish(events),
        subscribe: (options) => real.subscribe(options),
        close: () => real.close(),
        lastId: real.lastId,
        subscribersCount,
      };
      return createHttpApp({ ...world.services, pipeline: { ...world.services.pipeline, hub } });
    };
    expect((await at(999).request(URL)).status).toBe(200);
    const refused = await at(1_000).request(URL);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
  });
});
