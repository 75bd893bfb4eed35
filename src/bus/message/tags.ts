import type { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';

/**
 * What the bus writes on a message for itself, as the number that engines keep: which receipts its sender wants, and
 * whether it is the request of a task. So deliveries and endings are told apart without decoding an envelope.
 */
const TASK = 1 << 0;

/**
 * What a message keeps that is taken out of the dead letters: its receipts. Its task has seen the attempt fail, and went
 * on without it.
 */
export const KEPT_BY_REDELIVERY = 0xffff & ~TASK;

/** The tag of a message; 0 for one that nothing is to be done about. */
export function tagOf({ isTask, receipts }: { isTask: boolean; receipts: readonly MessageState[] }): number {
  return receipts.reduce<number>((tag, state) => tag | receiptBit(state), isTask ? TASK : 0);
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
