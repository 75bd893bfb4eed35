import type { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';

/**
 * What the bus writes on a message for itself, as the number that engines keep: which receipts its sender wants, and
 * whether it is the request of a task. So deliveries and endings are told apart without decoding an envelope.
 */
const TASK = 1 << 0;

/**
 * Which attempt of its task a request is for, in the upper four bits: 1 to 15, and then 1 again. The attempts of one agent
 * have the same sender and message id, and what became of the last one may be heard of when the next one has begun.
 * Requests that were sent by versions before this have 0.
 */
const ATTEMPT_SHIFT = 12;
const ATTEMPTS = 15;

/**
 * What a message keeps that is taken out of the dead letters: its receipts. Its task has seen the attempt fail, and went
 * on without it.
 */
export const KEPT_BY_REDELIVERY = 0xffff & ~(TASK | (ATTEMPTS << ATTEMPT_SHIFT));

export interface TagOptions {
  readonly isTask: boolean;
  /** Which attempt of the task it is; the first one unless it is named. */
  readonly attempt?: number;
  /** The states that its sender wants receipts of. */
  readonly receipts: readonly MessageState[];
}

/** The tag of a message; 0 for one that nothing is to be done about. */
export function tagOf({ isTask, attempt = 1, receipts }: TagOptions): number {
  return receipts.reduce<number>((tag, state) => tag | receiptBit(state), isTask ? TASK | attemptBits(attempt) : 0);
}

/** Whether the message is the request of a task, in this attempt of those that its recipient was given. */
export function isOfAttempt(tag: number, attempt: number): boolean {
  const bits = tag & (ATTEMPTS << ATTEMPT_SHIFT);
  return isTask(tag) && (bits === 0 || bits === attemptBits(attempt));
}

function attemptBits(attempt: number): number {
  return (((attempt - 1) % ATTEMPTS) + 1) << ATTEMPT_SHIFT;
}

/** Whether the message is the request of a task. */
export function isTask(tag: number): boolean {
  return (tag & TASK) !== 0;
}

/** Whether the sender wants to be told of a state. */
export function wantsReceipt(tag: number, state: MessageState): boolean {
  return (tag & receiptBit(state)) !== 0;
}

/** States count from 1, so that bit 0 is free. */
function receiptBit(state: MessageState): number {
  return 1 << state;
}
