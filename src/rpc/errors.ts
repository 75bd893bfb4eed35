import { randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { type ErrorStatus, ErrorStatusSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { BadRequestSchema, ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { BusError, type Facts, type Reason } from '../bus/bus-error.ts';
import { EngineError, type EngineErrorCode } from '../engine/engine.ts';
import { ERROR_LIMITS } from '../limits.ts';
import { FieldsInvalid, type FieldViolation } from './fields-invalid.ts';
import { reasonOfTransportError, setCode, setText } from './transport-errors.ts';

/** The one table from why to what kind of error; `error_reason.proto` promises it to clients. */
const STATUS: Readonly<Record<Reason, Code>> = {
  FIELD_INVALID: Code.InvalidArgument,
  MALFORMED_REQUEST: Code.InvalidArgument,
  MESSAGE_TOO_LARGE: Code.ResourceExhausted,
  SHARED_CONTEXT_TOO_LARGE: Code.ResourceExhausted,
  FORBIDDEN_KEY: Code.InvalidArgument,
  WORKFLOW_INVALID: Code.InvalidArgument,
  PAGE_TOKEN_INVALID: Code.InvalidArgument,
  KEY_MISSING: Code.Unauthenticated,
  KEY_INVALID: Code.Unauthenticated,
  AGENT_NOT_ALLOWED: Code.PermissionDenied,
  NOT_ORCHESTRATOR: Code.PermissionDenied,
  SESSION_NOT_FOUND: Code.NotFound,
  AGENT_NOT_FOUND: Code.NotFound,
  RECIPIENT_NOT_FOUND: Code.NotFound,
  PARTICIPANT_NOT_FOUND: Code.NotFound,
  MESSAGE_NOT_FOUND: Code.NotFound,
  TASK_NOT_FOUND: Code.NotFound,
  SESSION_ALREADY_EXISTS: Code.AlreadyExists,
  MESSAGE_ID_REUSED: Code.AlreadyExists,
  TASK_ID_TAKEN: Code.AlreadyExists,
  PARTICIPANT_ALREADY_EXISTS: Code.AlreadyExists,
  SESSION_ENDED: Code.FailedPrecondition,
  CONTEXT_REVISION_MISMATCH: Code.Aborted,
  SESSION_CONFLICT: Code.Aborted,
  STREAM_FENCED: Code.Aborted,
  SEQUENCE_OUT_OF_RANGE: Code.OutOfRange,
  MAILBOX_FULL: Code.ResourceExhausted,
  LIMIT_REACHED: Code.ResourceExhausted,
  SLOW_CONSUMER: Code.ResourceExhausted,
  HELLO_EXPECTED: Code.InvalidArgument,
  HELLO_REPEATED: Code.InvalidArgument,
  HELLO_TIMEOUT: Code.DeadlineExceeded,
  HEARTBEAT_TIMEOUT: Code.DeadlineExceeded,
  PROTOCOL_VERSION_UNSUPPORTED: Code.FailedPrecondition,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  DRAINING: Code.Unavailable,
  STORE_FAILED: Code.Unavailable,
  NOT_IMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
  TASK_ENDED: Code.FailedPrecondition,
  NOT_DELEGATOR: Code.PermissionDenied,
  TASK_TIMED_OUT: Code.DeadlineExceeded,
  TASK_CANCELLED: Code.Aborted,
};

/** What an engine's refusals mean to a client; all others are faults of the bus. */
const ENGINE_REASONS: Readonly<Partial<Record<EngineErrorCode, Reason>>> = {
  mailbox_full: 'MAILBOX_FULL',
  sequence_conflict: 'SESSION_CONFLICT',
  failed: 'STORE_FAILED',
  corrupt: 'STORE_FAILED',
  closed: 'STORE_FAILED',
  invalid_cursor: 'PAGE_TOKEN_INVALID',
};

/** What clients are told where the engine's own words are about its insides. */
const ENGINE_TEXTS: Readonly<Partial<Record<Reason, Pick<EngineError, 'message' | 'facts'>>>> = {
  STORE_FAILED: { message: 'the store failed; whether the call took effect is not known', facts: {} },
  PAGE_TOKEN_INVALID: { message: 'this page token was not made for this list', facts: { field: 'page_token' } },
};

/**
 * The error as every protocol of the port carries it: status, text, and
 * `google.rpc.ErrorInfo`; broken rules as `google.rpc.BadRequest` too. Says
 * nothing of what went wrong inside: an unknown error becomes INTERNAL with a `log_id`, and is kept as the
 * cause for {@link logFault}. A call that the client gave up stays CANCELED, without a reason.
 */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return completed(error);
  if (error instanceof BusError) return fromBusError(error);
  if (error instanceof EngineError) return fromEngineError(error);
  if (error instanceof Error && error.name === 'AbortError')
    return new ConnectError('the call was canceled', Code.Canceled);
  return internalError(error);
}

/** The same for a frame, where an error does not end the stream. Logs what is a fault of the bus. */
export function toErrorStatus(error: unknown, log: Logger): ErrorStatus {
  const { code, rawMessage, details } = logFault(log, toConnectError(error));
  const info = details.find((detail) => 'desc' in detail && detail.desc === ErrorInfoSchema);
  return create(ErrorStatusSchema, {
    code,
    message: rawMessage,
    ...(info && 'desc' in info && { info: create(ErrorInfoSchema, info.value) }),
  });
}

/** Logs the error if it is a fault of the bus, under the id that the client was told. Returns the error. */
export function logFault(log: Logger, error: ConnectError): ConnectError {
  const info = infoOf(error);
  if (info?.reason === 'INTERNAL')
    log.error({ log_id: info.metadata.log_id, err: error.cause ?? error }, 'internal error');
  return error;
}

/** The reason that an error made by {@link toConnectError} carries. */
export function reasonOf(error: ConnectError): string | undefined {
  return infoOf(error)?.reason;
}

function infoOf(error: ConnectError) {
  return error.findDetails(ErrorInfoSchema)[0];
}

function fromBusError(error: BusError): ConnectError {
  return refusal(error.reason, error.message, { facts: error.facts, violations: violationsOf(error), cause: error });
}

function fromEngineError(error: EngineError): ConnectError {
  const reason = ENGINE_REASONS[error.code];
  if (reason === undefined) return internalError(error);
  const said = ENGINE_TEXTS[reason] ?? error;
  return refusal(reason, said.message, { facts: namedAsOnWire(said.facts), cause: error });
}

/** An engine names its facts as the code does, the contract as protobuf does. */
function namedAsOnWire(facts: Facts): Facts {
  const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [snakeCase(name), value]));
}

function internalError(cause: unknown): ConnectError {
  const logId = newLogId();
  return refusal('INTERNAL', `a fault of the bus, logged as ${logId}`, { facts: { log_id: logId }, cause });
}

/** Not from the random numbers of a replayable run: nothing is decided by it. */
function newLogId(): string {
  return randomBytes(6).toString('hex');
}

/**
 * Gives an error of the transport its reason, in place: Connect is about to
 * write this very object to the client. Its text may quote the request, so it is made {@link brief}.
 */
function completed(error: ConnectError): ConnectError {
  setText(error, brief(error.rawMessage));
  if (infoOf(error) !== undefined) return error;
  const found = reasonOfTransportError(error);
  if (found === undefined) return error;
  const facts = found.reason === 'INTERNAL' ? { log_id: newLogId() } : found.facts;
  error.details.push({ desc: ErrorInfoSchema, value: errorInfo(found.reason, facts) });
  setCode(error, found.code ?? STATUS[found.reason]);
  return error;
}

type OutgoingDetail = NonNullable<ConstructorParameters<typeof ConnectError>[3]>[number];

interface RefusalOptions {
  readonly facts: Facts;
  readonly violations?: readonly FieldViolation[];
  readonly cause: unknown;
}

function refusal(reason: Reason, message: string, options: RefusalOptions): ConnectError {
  const details: OutgoingDetail[] = [{ desc: ErrorInfoSchema, value: errorInfo(reason, options.facts) }];
  if (options.violations !== undefined && options.violations.length > 0) {
    details.push({ desc: BadRequestSchema, value: { fieldViolations: options.violations.map(briefly) } });
  }
  return new ConnectError(brief(message), STATUS[reason], undefined, details, options.cause);
}

function errorInfo(reason: Reason, facts: Facts) {
  const metadata = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, brief(String(value))]));
  return create(ErrorInfoSchema, { reason, domain: 'agentbus', metadata });
}

function violationsOf(error: BusError): readonly FieldViolation[] {
  if (error instanceof FieldsInvalid) return error.violations.slice(0, ERROR_LIMITS.maxViolations);
  const field = error.reason === 'FIELD_INVALID' ? error.facts.field : undefined;
  return field === undefined ? [] : [{ field: String(field), description: error.message }];
}

function briefly(violation: FieldViolation): FieldViolation {
  return { field: brief(violation.field), description: brief(violation.description) };
}

/**
 * What fits into a trailer of gRPC, which ends without one if it does not: long text is cut, and halves of surrogate pairs,
 * which have no UTF-8, are replaced. The cut may have made one too.
 */
function brief(text: string): string {
  const cut = text.length <= ERROR_LIMITS.maxTextLength ? text : `${text.slice(0, ERROR_LIMITS.maxTextLength - 1)}…`;
  return cut.toWellFormed();
}
