/** A server under load as a child process, and its CPU time. */

import { startChild } from './child.ts';

export interface ServerProcess {
  readonly port: number;
  /** CPU time used so far by all its threads, microseconds. */
  readCpuUs(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the server of a variant. */
export type StartServer = (variant: string, collectorUrl: string) => Promise<ServerProcess>;

/** @param command - the runtime's executable. @throws {Error} when it ends before it listens. */
export function serverOn(command: string): StartServer {
  return async (variant, collectorUrl) => {
    const child = startChild(command, './server.ts', variant, collectorUrl);
    const { port } = (await child.next()) as { readonly port: number };
    return {
      port,
      readCpuUs: async () => {
        child.say('cpu');
        return ((await child.next()) as { readonly cpuUs: number }).cpuUs;
      },
      close: () => child.close(),
    };
  };
}
