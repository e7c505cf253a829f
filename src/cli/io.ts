/** What a command may touch of the process it runs in: streams, environment, interruption. */

import type { Environment } from '../config.ts';

export interface CommandIo {
  readonly env: Environment;
  /** The command's own output, and nothing else. */
  out(line: string): Promise<void>;
  /** Progress, warnings and errors. */
  note(line: string): void;
  readonly isTerminal: boolean;
  /** Aborts on the first SIGINT or SIGTERM; a second one ends the process at once. */
  readonly interrupted: AbortSignal;
}

/** Exit codes: 0 well, 1 failed, 2 called wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** A recording that ends before its end: what there is of it was used, and the command has failed nevertheless. */
export function tellCutOff(file: string, cutOff: string, { note }: Pick<CommandIo, 'note'>): void {
  note(`spreadscope: ${file} is not whole, what there is of it was used: ${cutOff}`);
  process.exitCode = EXIT.failed;
}

/** The streams and signals of this process. */
export function createProcessIo(): CommandIo {
  // Each write hears of its own failure; without a listener the stream would tell it a second time, as a crash.
  process.stdout.on('error', () => undefined);
  return {
    env: process.env,
    out: (line) => writeAll(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    isTerminal: process.stderr.isTTY === true,
    interrupted: listenForSignals(),
  };
}

/** Waits until a slow reader has taken the text, so that a long output does not gather in memory. */
function writeAll(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function listenForSignals(): AbortSignal {
  const interrupt = new AbortController();
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(exitCode);
      interrupt.abort(new Error(signal));
    });
  }
  return interrupt.signal;
}
