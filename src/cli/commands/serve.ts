/** `spreadscope serve` and `spreadscope demo`: the service until it is interrupted. */

import { type Command, Option } from 'commander';
import type { Environment } from '../../config.ts';
import { serveOnBun } from '../../entry/bun.ts';
import { runService, type ServiceHost } from '../../entry/service.ts';
import type { CommandIo } from '../io.ts';

interface ServeCommandOptions {
  readonly port?: string;
  readonly host?: string;
  readonly exchanges?: string;
  readonly symbols?: string;
  readonly seed?: string;
  readonly role?: string;
  readonly marketUrl?: string;
  readonly json?: true;
}

/** Options are the environment's variables under a shorter name; a given option wins. */
const VARIABLE_OF_OPTION = {
  port: 'PORT',
  host: 'HOST',
  exchanges: 'EXCHANGES',
  symbols: 'SYMBOLS',
  seed: 'SYNTHETIC_SEED',
  role: 'ROLE',
  marketUrl: 'MARKET_URL',
} as const satisfies Record<Exclude<keyof ServeCommandOptions, 'json'>, string>;

/** A demo shows everything there is. */
const DEMO_DEFAULTS = { LOG_FORMAT: 'text', CONTRACTS: 'perpetual,dated' } as const;

export function addServeCommand(program: Command, io: CommandIo): void {
  program
    .command('serve')
    .description('Run the service on live exchanges (FEED=synthetic for the synthetic market).')
    .addOption(
      new Option('--role <role>', 'all, market or detector (ROLE)').choices([
        'all',
        'market',
        'detector',
      ]),
    )
    .option('--market-url <url>', "where a detector's market service is (MARKET_URL)")
    .addOption(portOption())
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--exchanges <ids>', 'ccxt ids, separated by commas (EXCHANGES)')
    .option('--symbols <symbols>', 'BASE/QUOTE, separated by commas, or auto (SYMBOLS)')
    .option('--json', 'log lines as JSON (LOG_FORMAT=json)')
    .action((options: ServeCommandOptions) =>
      runService(toEnvironment(io.env, options), toHost(io)),
    );
}

export function addDemoCommand(program: Command, io: CommandIo): void {
  program
    .command('demo')
    .description('Run the service on a synthetic market: no account, no key, no network.')
    .addOption(portOption())
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--seed <n>', 'seed of the synthetic market (SYNTHETIC_SEED)')
    .option('--json', 'log lines as JSON (LOG_FORMAT=json)')
    .action((options: ServeCommandOptions) =>
      runService(
        { ...DEMO_DEFAULTS, ...toEnvironment(io.env, options), FEED: 'synthetic' },
        toHost(io),
      ),
    );
}

function toHost(io: CommandIo): ServiceHost {
  return { ...io, serve: serveOnBun };
}

function portOption(): Option {
  return new Option('--port <n>', 'port to listen on; 0: any free one (PORT)');
}

function toEnvironment(env: Environment, options: ServeCommandOptions): Environment {
  const given = Object.entries(VARIABLE_OF_OPTION).flatMap(([option, variable]) => {
    const value = options[option as keyof typeof VARIABLE_OF_OPTION];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const format = options.json === true ? { LOG_FORMAT: 'json' } : {};
  return { ...env, ...Object.fromEntries(given), ...format };
}
