import type { ErrorReason } from '../../gen/ts/agentbus/v1/error_reason_pb.js';

/**
 * Name of a value of `ErrorReason` without its prefix; what clients see as
 * `ErrorInfo.reason`. `error_reason.proto` says what each means and which facts it carries.
 */
export type Reason = Exclude<keyof typeof ErrorReason, 'UNSPECIFIED'>;

/** Facts of an error, by name; they become `ErrorInfo.metadata`. */
export type Facts = Readonly<Record<string, string | number | bigint>>;

/**
 * The one error of the domain: something was refused, and nothing changed.
 * `rpc/errors.ts` has the table that gives each reason its status code.
 */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly reason: Reason;
  readonly facts: Facts;

  constructor(reason: Reason, message: string, facts: Facts = {}) {
    super(message);
    this.reason = reason;
    this.facts = facts;
  }
}
