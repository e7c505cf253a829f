/**
 * The schema, step by step. A migration that has been released is never changed; a new one is appended. Each statement
 * stands alone, because the HTTP protocol takes one statement per query.
 */

export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Times are `double precision`, the type of a number in the documents, so that paging compares exactly what a document
 * says. Identifiers sort by bytes (`COLLATE "C"`) on every server. The document is the opportunity; the columns beside
 * it are what queries use.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001_opportunities',
    statements: [
      `CREATE TABLE opportunities (
  id text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  source text NOT NULL,
  symbol text NOT NULL,
  buy_exchange text NOT NULL,
  sell_exchange text NOT NULL,
  state text NOT NULL,
  opened_at_ms double precision NOT NULL,
  updated_at_ms double precision NOT NULL,
  closed_at_ms double precision,
  first_edge_bps double precision NOT NULL,
  peak_edge_bps double precision NOT NULL,
  last_edge_bps double precision NOT NULL,
  peak_profit_in_quote numeric NOT NULL,
  revision bigint NOT NULL,
  document jsonb NOT NULL
)`,
      'CREATE INDEX opportunities_by_time ON opportunities (opened_at_ms DESC, id DESC)',
      'CREATE INDEX opportunities_by_symbol ON opportunities (symbol, opened_at_ms DESC, id DESC)',
      'CREATE INDEX opportunities_by_buy_exchange ON opportunities (buy_exchange, opened_at_ms DESC, id DESC)',
      'CREATE INDEX opportunities_by_sell_exchange ON opportunities (sell_exchange, opened_at_ms DESC, id DESC)',
      'CREATE INDEX opportunities_by_edge ON opportunities (peak_edge_bps DESC)',
      `CREATE INDEX opportunities_open ON opportunities (opened_at_ms DESC, id DESC) WHERE state = 'open'`,
    ],
  },
  {
    name: '0002_spread_windows',
    statements: [
      `CREATE TABLE spread_windows (
  symbol text COLLATE "C" NOT NULL,
  at_ms double precision NOT NULL,
  median_index_ratio double precision NOT NULL,
  document jsonb NOT NULL,
  PRIMARY KEY (symbol, at_ms)
)`,
      'CREATE INDEX spread_windows_by_time ON spread_windows (at_ms)',
    ],
  },
  {
    name: '0003_basis_snapshots',
    statements: [
      `CREATE TABLE basis_snapshots (
  base text COLLATE "C" NOT NULL,
  quote text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  at_ms double precision NOT NULL,
  annualised_net_ratio double precision NOT NULL,
  document jsonb NOT NULL,
  PRIMARY KEY (base, quote, kind, at_ms)
)`,
      'CREATE INDEX basis_snapshots_by_time ON basis_snapshots (at_ms)',
    ],
  },
  {
    name: '0004_shards',
    statements: [
      'ALTER TABLE opportunities ADD COLUMN shard text COLLATE "C"',
      `CREATE INDEX opportunities_open_shard ON opportunities (shard) WHERE state = 'open'`,
      'CREATE TABLE shard_fences (shard text COLLATE "C" PRIMARY KEY, token bigint NOT NULL)',
    ],
  },
];
