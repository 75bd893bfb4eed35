import { BusError, type Facts } from '../bus/bus-error.ts';

/** One broken rule. */
export interface FieldViolation {
  /** Path by proto names, such as `message.sender.agent_id`; empty for the message as a whole. */
  readonly field: string;
  /** What is wrong with it, for people. */
  readonly description: string;
}

/** FIELD_INVALID with everything that is wrong; message and facts are those of the first. */
export class FieldsInvalid extends BusError {
  readonly violations: readonly FieldViolation[];

  constructor(message: string, facts: Facts, violations: readonly FieldViolation[]) {
    super('FIELD_INVALID', message, facts);
    this.violations = violations;
  }
}
