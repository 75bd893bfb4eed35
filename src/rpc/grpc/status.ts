import type { OutgoingHttpHeaders } from 'node:http2';
import { Code, ConnectError } from '@connectrpc/connect';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';

/** What the trailer of a call says that went well. */
export const OK_TRAILER: OutgoingHttpHeaders = Object.freeze({ 'grpc-status': '0' });

/** What the trailer says of an error: status, text and details, as Connect spells them. */
export function trailerOf(error: ConnectError): OutgoingHttpHeaders {
  return Object.fromEntries(setTrailerStatus(new Headers(), error));
}

/** What the reset of a stream means. Nobody is told but the log: the client has gone. */
export function resetError(code: number): ConnectError {
  const message = `http/2 stream closed with error code 0x${code.toString(16)}`;
  return new ConnectError(message, RESET_CODES.get(code) ?? Code.Canceled);
}

/** Codes of RFC 9113, section 7, that do not say that somebody changed their mind. */
const RESET_CODES: ReadonlyMap<number, Code> = new Map([
  [0x1, Code.Internal],
  [0x2, Code.Internal],
  [0x3, Code.Internal],
  [0x4, Code.Internal],
  [0x6, Code.Internal],
  [0x7, Code.Unavailable],
  [0x9, Code.Internal],
  [0xa, Code.Internal],
  [0xb, Code.ResourceExhausted],
  [0xc, Code.PermissionDenied],
  [0xd, Code.PermissionDenied],
]);
