import { Code, type ConnectError } from '@connectrpc/connect';
import { codeToHttpStatus, errorToJson } from '@connectrpc/connect/protocol-connect';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import { JSON_OPTIONS } from './json-options.ts';

/** An error as a whole HTTP response. */
export interface HttpError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where the headers say it all. */
  readonly body: string;
}

/** The error as Connect answers unary calls: the shape that every JSON client of the port sees. */
export function toHttpError(error: ConnectError, status = codeToHttpStatus(error.code)): HttpError {
  const body = `${JSON.stringify(errorToJson(error, JSON_OPTIONS))}\n`;
  const challenge = error.code === Code.Unauthenticated ? { 'www-authenticate': 'Bearer' } : {};
  return { status, headers: { 'content-type': 'application/json', ...challenge }, body };
}

/** The error as a gRPC client expects it even of a path that does not exist: HTTP 200, and the status in the header. */
export function toGrpcError(error: ConnectError, contentType: string): HttpError {
  const headers = new Headers({ 'content-type': contentType });
  setTrailerStatus(headers, error);
  return { status: 200, headers: Object.fromEntries(headers), body: '' };
}
