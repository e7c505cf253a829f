/**
 * A client span around each query, named and described by the stable database conventions
 * (OpenTelemetry semantic conventions 1.45, "Database spans"). Only parameterised text is shown, never a parameter.
 */

import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { INCUBATING_ATTR, SEMCONV_ATTR } from '../telemetry/names.ts';
import { withClientSpan } from '../telemetry/spans.ts';
import type { SqlConnection, SqlEndpoint, SqlStatement } from './sql-connection.ts';
import { toSqlState, toStoreError } from './sql-errors.ts';

/** @returns `connection` with spans; what it throws is a `SpreadscopeError` without data or credentials. */
export function withSqlTelemetry(connection: SqlConnection, tracer: Tracer): SqlConnection {
  const common = toCommonAttributes(connection.endpoint);
  const traced = <Result>(attributes: Attributes, run: () => Promise<Result>): Promise<Result> => {
    const summary = String(attributes[SEMCONV_ATTR.dbQuerySummary]);
    return withClientSpan(
      tracer,
      summary,
      { attributes: { ...common, ...attributes } },
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
  const { system = 'postgresql', namespace, serverAddress, serverPort } = endpoint;
  return {
    [SEMCONV_ATTR.dbSystemName]: system,
    [INCUBATING_ATTR.dbSystem]: system,
    [SEMCONV_ATTR.dbNamespace]: namespace,
    ...(serverAddress === null ? {} : { [SEMCONV_ATTR.serverAddress]: serverAddress }),
    ...(serverPort === null ? {} : { [SEMCONV_ATTR.serverPort]: serverPort }),
  };
}

function toQueryAttributes(statement: SqlStatement): Attributes {
  const { operation, collection, text } = statement;
  return {
    [SEMCONV_ATTR.dbOperationName]: operation,
    [SEMCONV_ATTR.dbQuerySummary]: collection === null ? operation : `${operation} ${collection}`,
    [SEMCONV_ATTR.dbQueryText]: text,
    ...(collection === null ? {} : { [SEMCONV_ATTR.dbCollectionName]: collection }),
  };
}

function toBatchAttributes(statements: readonly SqlStatement[]): Attributes {
  return {
    [SEMCONV_ATTR.dbOperationName]: 'BATCH',
    [SEMCONV_ATTR.dbQuerySummary]: 'BATCH',
    [SEMCONV_ATTR.dbQueryText]: statements.map((statement) => statement.text).join(';\n'),
    [SEMCONV_ATTR.dbOperationBatchSize]: statements.length,
  };
}

function rethrow(span: Span, error: unknown, summary: string): never {
  const fault = toStoreError(error, summary);
  const sqlState = toSqlState(fault);
  if (sqlState !== null) span.setAttribute(SEMCONV_ATTR.dbResponseStatusCode, sqlState);
  throw fault;
}
