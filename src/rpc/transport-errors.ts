import type { DescField, DescOneof } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Facts, Reason } from '../bus/bus-error.ts';
import { RPC_LIMITS } from '../limits.ts';

/**
 * What is said of a message that is flagged as compressed in a call that names no compression. gRPC
 * (compression.md) and Connect both want INTERNAL for it, though the client is at fault.
 */
export const UNDECLARED_COMPRESSION = 'received compressed envelope, but do not know how to decompress';

/** A reason, and the code that a protocol wants instead of the reason's own. */
export interface TransportReason {
  readonly reason: Reason;
  readonly facts: Facts;
  readonly code?: Code;
}

/**
 * Why Connect itself refused a call. It states only a code, but it has few
 * occasions for each: ResourceExhausted is always a message beyond
 * `readMaxBytes` or `writeMaxBytes`, for example. Undefined for a code that says enough by itself, such as Canceled.
 */
export function reasonOfTransportError(error: ConnectError): TransportReason | undefined {
  switch (error.code) {
    case Code.InvalidArgument:
      return { reason: 'MALFORMED_REQUEST', facts: fieldOf(error) };
    case Code.ResourceExhausted:
      return { reason: 'MESSAGE_TOO_LARGE', facts: { limit: RPC_LIMITS.maxRequestBytes, ...sizeOf(error) } };
    case Code.Unimplemented:
      return { reason: 'NOT_IMPLEMENTED', facts: { feature: error.rawMessage } };
    case Code.DeadlineExceeded:
      return { reason: 'DEADLINE_EXCEEDED', facts: {} };
    case Code.Unavailable:
      return { reason: 'DRAINING', facts: {} };
    case Code.Internal:
      if (error.rawMessage === UNDECLARED_COMPRESSION) {
        return { reason: 'MALFORMED_REQUEST', facts: {}, code: Code.Internal };
      }
      return isBrokenConnection(error) ? undefined : { reason: 'INTERNAL', facts: {} };
    case Code.Unknown:
    case Code.DataLoss:
      return { reason: 'INTERNAL', facts: {} };
    default:
      // Said on purpose by one of the standard services, which have no reasons of ours.
      return undefined;
  }
}

/**
 * Whether the client's connection went away under the call, as when its process was killed. Connect calls that
 * "internal" too; it is nobody's fault here, and nobody is there to be told.
 */
function isBrokenConnection(error: ConnectError): boolean {
  return error.rawMessage.startsWith('http/2 stream closed with error code');
}

/**
 * Connect calls bytes that are no such message, or that cannot be decompressed,
 * "internal". While a request is being read that is the client's fault. Changes the error in place.
 */
export function blameRequest(error: unknown): void {
  if (!(error instanceof ConnectError) || error.code !== Code.Internal) return;
  if (error.rawMessage !== UNDECLARED_COMPRESSION) setCode(error, Code.InvalidArgument);
}

/** Changes the code of an error that Connect is about to write: it keeps no other reference to correct. */
export function setCode(error: { readonly code: Code }, code: Code): void {
  (error as { code: Code }).code = code;
}

/** The same for its text. */
export function setText(error: { readonly rawMessage: string }, text: string): void {
  (error as { rawMessage: string }).rawMessage = text;
}

/** What could not be read, by its proto name: the field where the decoder knew it, or else the type. */
function fieldOf(error: ConnectError): Facts {
  const cause = error.cause instanceof Error ? error.cause.cause : undefined;
  if (isFieldError(cause)) return { field: cause.field().name };
  // The decoder names an unknown key, and the enum of an unknown word, in its text only.
  const field = /: key "(.*)" is unknown$/.exec(error.rawMessage)?.[1];
  const type = /^cannot decode enum (\S+) from JSON/.exec(error.rawMessage)?.[1];
  return { ...(field !== undefined && { field }), ...(type !== undefined && { type }) };
}

/** The size that was refused, which Connect names in its text only, and only if it was announced. */
function sizeOf(error: ConnectError): Facts {
  const actual = /^message size (\d+) /.exec(error.rawMessage)?.[1];
  return actual === undefined ? {} : { actual };
}

/** The error by which protobuf-es says which field it could not read; it exports no test for it. */
function isFieldError(error: unknown): error is Error & { field(): DescField | DescOneof } {
  return error instanceof Error && 'field' in error && typeof error.field === 'function';
}
