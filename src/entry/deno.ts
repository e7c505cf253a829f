/** Deno: the service as a process. `deno task demo` and `deno task start` run this file. */

import { isSpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import { type HttpServer, runService, type ServedApp, type ServeOptions } from './service.ts';

/** The members of the runtime that are used. */
declare const Deno: {
  readonly args: readonly string[];
  readonly env: { toObject(): Record<string, string> };
  readonly stderr: { isTerminal(): boolean; writeSync(bytes: Uint8Array): number };
  exit(code: number): never;
  addSignalListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  serve(
    options: ServeOptions & { readonly onListen: () => void },
    handler: (request: Request) => Promise<Response> | Response,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
function serveOnDeno(app: ServedApp, options: ServeOptions): HttpServer {
  const server = Deno.serve({ ...options, onListen: () => {} }, (request) => app.fetch(request));
  return {
    url: `http://${options.hostname}:${server.addr.port}`,
    // The process ends right after a forced stop, which cuts what still runs.
    stop: async (isForced = false) => (isForced ? undefined : server.shutdown()),
  };
}

function note(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Aborts on the first signal; a second one ends the process at once. */
function listenForSignals(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    Deno.addSignalListener(signal, () =>
      interrupt.signal.aborted ? Deno.exit(EXIT.failed) : interrupt.abort(new Error(signal)),
    );
  }
  return interrupt.signal;
}

async function main(): Promise<number> {
  const env = Deno.env.toObject();
  const feed = Deno.args.includes('--demo') ? { FEED: 'synthetic' } : {};
  if (env.OTEL_DENO === 'true') note('OTEL_DENO=true: Deno exports each request a second time');
  const interrupted = listenForSignals();
  const terminal = { note, isTerminal: Deno.stderr.isTerminal() };
  try {
    await runService({ ...env, ...feed }, { ...terminal, serve: serveOnDeno, interrupted });
    return EXIT.ok;
  } catch (error) {
    note(`spreadscope: ${toErrorMessage(error)}`);
    return isSpreadscopeError(error, 'config_invalid') ? EXIT.usage : EXIT.failed;
  }
}

Deno.exit(await main());
