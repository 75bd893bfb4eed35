import type { DescMethod } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { ErrorReason } from '../../../gen/ts/agentbus/v1/error_reason_pb.js';
import { BadRequestSchema, ErrorInfoSchema } from '../../../gen/ts/google/rpc/error_details_pb.js';
import { UNDECLARED_COMPRESSION } from '../../../src/rpc/transport-errors.ts';
import { type Answer, readAnswer } from '../calls/answer.ts';
import type { Call } from '../calls/call.ts';
import type { RawAnswer } from '../calls/send-request.ts';

/** HTTP statuses that any answer may have; 500 and 502 are none of them. */
const STATUSES = new Set([200, 204, 304, 400, 401, 403, 404, 405, 409, 415, 429, 499, 501, 503, 504, 505]);

/** Codes that say that the bus did not know what to say. */
const SAYS_NOTHING: readonly Code[] = [Code.Unknown, Code.Internal, Code.DataLoss];

/** Reads the answer to a call, and throws if it is not one that the contract promises. */
export function judge(raw: RawAnswer, call: Call): Answer {
  if (isBrokenOff(raw)) {
    if (call.oddities.some(({ noAnswer }) => noAnswer) || mayBeLost(call)) return { messages: [], isPage: true };
    throw new Error(`the bus broke off with HTTP/2 code ${raw.resetCode} and status ${raw.status}`);
  }
  if (raw.status === 431 && call.oddities.some(({ noAnswer }) => noAnswer)) return { messages: [], isPage: true };
  if (!STATUSES.has(raw.status)) throw new Error(`HTTP status ${raw.status}: ${raw.body.subarray(0, 500)}`);
  if (call.oddities.some(({ noReason }) => noReason)) return { messages: [], isPage: true };
  const answer = readAnswer(raw, call.method);
  if (answer.error !== undefined) requireReason(answer.error, call.method);
  else if (raw.status >= 400 && !isPlainPage(raw))
    throw new Error(`HTTP status ${raw.status} without a reason: ${raw.body.subarray(0, 500)}`);
  return answer;
}

function isBrokenOff({ status, resetCode, cut }: RawAnswer): boolean {
  return status === 0 || cut || resetCode !== 0;
}

/**
 * Streams of both sides need HTTP/2, and are refused over HTTP/1.1 with the end of the connection: what the client still sends
 * may then undo the answer on its way.
 */
function mayBeLost({ http, method, oddities }: Call): boolean {
  return http === 1 && method.methodKind === 'bidi_streaming' && oddities.some(({ isLarge }) => isLarge);
}

/** Pages are for people: health and metrics say 405 and 503 in plain text, and nothing else does. */
function isPlainPage({ status, headers, body }: RawAnswer): boolean {
  const isText = headers.get('content-type')?.startsWith('text/plain') ?? false;
  return isText && (status === 405 || status === 503) && body.length > 0;
}

/** Throws unless the error says why, in words of the contract. */
export function requireReason(error: ConnectError, { parent }: DescMethod): void {
  const text = `${Code[error.code]} ${error.rawMessage}`;
  if (saysNothing(error)) throw new Error(`an error that says nothing: ${text}`);
  const [info] = error.findDetails(ErrorInfoSchema);
  // Health and reflection are others' contracts, which have codes and no reasons.
  if (info === undefined && !parent.typeName.startsWith('agentbus.')) return;
  if (info === undefined) throw new Error(`an error without a reason: ${text}`);
  requireKnownReason(info, text);
  const [broken] = error.findDetails(BadRequestSchema);
  if (info.reason === 'FIELD_INVALID' && (broken?.fieldViolations.length ?? 0) === 0) {
    throw new Error(`fields are at fault and none is named: ${text}`);
  }
}

/** One client's fault has such a code, because gRPC and Connect want it; its reason says what it is. */
function saysNothing({ code, rawMessage }: ConnectError): boolean {
  return SAYS_NOTHING.includes(code) && rawMessage !== UNDECLARED_COMPRESSION;
}

/** Throws unless it is one of the contract's reasons, and not the one for faults of the bus. */
export function requireKnownReason({ reason, domain }: { reason: string; domain: string }, text: string): void {
  const isKnown = reason in ErrorReason && reason !== 'UNSPECIFIED' && reason !== 'INTERNAL';
  if (!isKnown || domain !== 'agentbus')
    throw new Error(`the reason ${reason} of ${domain} is none of the contract's: ${text}`);
}

/** What a call that was refused like this may nevertheless have done. */
export function mayHaveEffect({ code }: ConnectError): boolean {
  return code === Code.DeadlineExceeded || code === Code.Unavailable || code === Code.Aborted || code === Code.Canceled;
}
