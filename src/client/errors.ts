import { Code, ConnectError } from '@connectrpc/connect';
import type { ErrorReason } from '../../gen/ts/agentbus/v1/error_reason_pb.js';
import { type ErrorInfo, ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';

/** The gRPC status codes, by number. */
const STATUS_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** A gRPC status code by name. */
export type StatusCode = (typeof STATUS_CODES)[number];

/** The reasons of the contract: `ErrorReason` without its prefix. A newer bus may name others. */
export type ErrorReasonName = Exclude<keyof typeof ErrorReason, 'UNSPECIFIED'>;

/** What {@link AgentbusError} is made of. */
export interface AgentbusErrorInit {
  readonly code: StatusCode;
  readonly message: string;
  readonly reason?: ErrorReasonName | undefined;
  readonly facts?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A call or a message was refused, or the bus cannot be reached. Everything in the client rejects with this. */
export class AgentbusError extends Error {
  override readonly name = 'AgentbusError';
  /** The gRPC status. Only `UNAVAILABLE` is worth repeating unchanged. */
  readonly code: StatusCode;
  /** Why, for programs; undefined when the bus did not say, as when it cannot be reached. */
  readonly reason: ErrorReasonName | undefined;
  /** The facts that the contract documents for the reason, such as `limit` and `actual`. */
  readonly facts: Readonly<Record<string, string>>;

  constructor({ code, message, reason, facts, cause }: AgentbusErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.reason = reason;
    this.facts = facts ?? {};
  }

  /** Makes an AgentbusError of anything that was thrown; one that is one already is returned as it is. */
  static from(thrown: unknown): AgentbusError {
    if (thrown instanceof AgentbusError) return thrown;
    if (thrown instanceof ConnectError) return fromConnectError(thrown);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new AgentbusError({ code: isAbort(thrown) ? 'CANCELLED' : 'UNKNOWN', message, cause: thrown });
  }

  /** Makes an AgentbusError of the error that a frame of a stream carries. */
  static fromStatus(status: { code: number; message: string; info?: ErrorInfo | undefined }): AgentbusError {
    return new AgentbusError({
      code: STATUS_CODES[status.code] ?? 'UNKNOWN',
      message: status.message,
      ...reasonOf(status.info),
    });
  }
}

/**
 * What a broken connection looks like. The bus says why in each of its errors, so
 * one of these codes without a reason was made on the way, when a connection was cut.
 * A call that the program itself cancelled looks the same: whoever hands a signal in asks the signal first.
 */
const CUT_CONNECTION: ReadonlySet<Code> = new Set([
  Code.Aborted,
  Code.Canceled,
  Code.Internal,
  Code.Unknown,
  Code.DataLoss,
]);

function fromConnectError(error: ConnectError): AgentbusError {
  const code = STATUS_CODES[error.code] ?? 'UNKNOWN';
  const message = error.rawMessage;
  const info = error.findDetails(ErrorInfoSchema)[0];
  if (info !== undefined) return new AgentbusError({ code, message, ...reasonOf(info) });
  const isCut = CUT_CONNECTION.has(error.code);
  return new AgentbusError({ code: isCut ? 'UNAVAILABLE' : code, message, cause: error });
}

function reasonOf(info: ErrorInfo | undefined): Pick<AgentbusErrorInit, 'reason' | 'facts'> {
  return info === undefined ? {} : { reason: info.reason as ErrorReasonName, facts: info.metadata };
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
