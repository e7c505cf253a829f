/** What a driver gives to the one SQL store: a place to run statements. Everything else is shared. */

/** A value bound to a placeholder; JSON travels as text. */
export type SqlParam = string | number | null;

export type SqlOperation = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE';

/** One parameterised statement, with what its span says about it. */
export interface SqlStatement {
  /** `$1`, `$2`, … stand for `params`; values never stand in the text. */
  readonly text: string;
  readonly params: readonly SqlParam[];
  readonly operation: SqlOperation;
  /** The table, or null when there is none. */
  readonly collection: string | null;
}

export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows changed by INSERT, UPDATE or DELETE; 0 otherwise. */
  readonly rowsCount: number;
}

/** Where a connection leads, without credentials. */
export interface SqlEndpoint {
  /** `db.system.name`; default `postgresql`. */
  readonly system?: 'sqlite';
  /** Name of the database. */
  readonly namespace: string;
  /** Null for an embedded database. */
  readonly serverAddress: string | null;
  readonly serverPort: number | null;
}

export interface SqlConnection {
  readonly endpoint: SqlEndpoint;
  query(statement: SqlStatement): Promise<SqlResult>;
  /** All or nothing, in order; one result per statement. */
  transaction(statements: readonly SqlStatement[]): Promise<readonly SqlResult[]>;
  close(): Promise<void>;
}
