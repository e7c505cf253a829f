/**
 * A client span around each query, named and described by the stable database conventions
 * (OpenTelemetry semantic conventions 1.45, "Database spans"). Only parameterised text is shown, never a parameter.
 */

import { type Attributes, type Span, SpanKind, type Tracer } from '@opentelemetry/api';
import { DB_ATTR } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { SqlConnection, SqlEndpoint, SqlStatement } from './sql-connection.ts';
import { toSqlState, toStoreError } from './sql-errors.ts';

/** @returns `connection` with spans; what it throws is a `SpreadscopeError` without data or credentials. */
export function withSqlTelemetry(connection: SqlConnection, tracer: Tracer): SqlConnection {
  const common = toCommonAttributes(connection.endpoint);
  const traced = <Result>(attributes: Attributes, run: () => Promise<Result>): Promise<Result> => {
    const summary = String(attributes[DB_ATTR.querySummary]);
    return withSpan(
      tracer,
      summary,
      { kind: SpanKind.CLIENT, attributes: { ...common, ...attributes } },
      async (span) => run().catch((error: unknown) => rethrow(span, error, summary)),
    );
  };
  return {
    endpoint: connection.endpoint,
    query: (statement) => traced(toQueryAttributes(statement), () => connection.query(statement)),
    transaction: (statements) =>
      traced(toBatchAttributes(statements), () => connection.transaction(statements)),
    close: () => connection.close(),
  };
}

function toCommonAttributes(endpoint: SqlEndpoint): Attributes {
  const { namespace, serverAddress, serverPort } = endpoint;
  return {
    [DB_ATTR.systemName]: 'postgresql',
    [DB_ATTR.system]: 'postgresql',
    [DB_ATTR.namespace]: namespace,
    ...(serverAddress === null ? {} : { [DB_ATTR.serverAddress]: serverAddress }),
    ...(serverPort === null ? {} : { [DB_ATTR.serverPort]: serverPort }),
  };
}

function toQueryAttributes(statement: SqlStatement): Attributes {
  const { operation, collection, text } = statement;
  return {
    [DB_ATTR.operationName]: operation,
    [DB_ATTR.querySummary]: collection === null ? operation : `${operation} ${collection}`,
    [DB_ATTR.queryText]: text,
    ...(collection === null ? {} : { [DB_ATTR.collectionName]: collection }),
  };
}

function toBatchAttributes(statements: readonly SqlStatement[]): Attributes {
  return {
    [DB_ATTR.operationName]: 'BATCH',
    [DB_ATTR.querySummary]: 'BATCH',
    [DB_ATTR.queryText]: statements.map((statement) => statement.text).join(';\n'),
    [DB_ATTR.batchSize]: statements.length,
  };
}

function rethrow(span: Span, error: unknown, summary: string): never {
  const fault = toStoreError(error, summary);
  const sqlState = toSqlState(fault);
  if (sqlState !== null) span.setAttribute(DB_ATTR.responseStatusCode, sqlState);
  span.setAttribute(DB_ATTR.errorType, sqlState ?? fault.code);
  throw fault;
}
