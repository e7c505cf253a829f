import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { parseConfig } from '../../src/config.ts';
import { TELEMETRY_VARIABLES } from '../../src/telemetry/variables.ts';
import { VARIABLES } from '../../src/variables.ts';

interface Service {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const SECRETS = {
  MARKET_TOKEN: 'sixteen-or-more.',
  DATABASE_URL: 'postgres://user:secret@host/database',
};

const text = readFileSync(new URL('../../deploy/compose.yaml', import.meta.url), 'utf8');
const { services } = Bun.YAML.parse(text) as { readonly services: Record<string, Service> };

/** As Compose fills in `${NAME:?}` and `${NAME:-}`. */
function filled({ environment = {} }: Service): Record<string, string> {
  const values: Readonly<Record<string, string>> = SECRETS;
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):[?-]\}/g, (_, variable: string) => values[variable] ?? ''),
    ]),
  );
}

test('the services of the composition are those of the two roles, and a Redis', () => {
  expect(Object.keys(services).sort()).toEqual(['detector', 'market', 'redis']);
});

test.each(['market', 'detector'])('the %s has a configuration that is accepted', (name) => {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  const env = filled(service);
  const known = [...VARIABLES, ...TELEMETRY_VARIABLES].map((variable) => variable.name as string);
  expect(Object.keys(env).filter((variable) => !known.includes(variable))).toEqual([]);
  const config = parseConfig(env);
  expect(config.role).toBe(name as 'market' | 'detector');
  if (name === 'market') return;
  expect(config.market?.url).toBe('http://market:8787');
  expect(config.shards).toMatchObject({ redisUrl: 'redis://redis:6379' });
});
