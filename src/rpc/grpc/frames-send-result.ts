import type { SendOutcome } from '../../bus/message/messages.ts';
import type { SendAnswer } from '../agent-stream/frames.ts';
import type { WireWriter } from './wire-writer.ts';

/** Numbers of the fields, as the contract has them. */
const FRAME_FIELD = 3;
const RESULTS = 1;
const MESSAGE_ID = 1;
const ACCEPTED = 2;
const DUPLICATE = 3;
const ACCEPTED_TIME = 1;
const RECIPIENTS = 2;

/** About what a result takes. */
export const RESULT_BYTES = 112;

/** Whether the frame can be written by hand: a refusal is seldom and has much to say. */
export function isPlainResult(answers: readonly SendAnswer[]): answers is readonly SendOutcome[] {
  for (const answer of answers) if ('error' in answer) return false;
  return true;
}

/** A SendResultFrame, with the field that it is in. */
export function writeSendResultFrame(writer: WireWriter, outcomes: readonly SendOutcome[]): void {
  const end = writer.length;
  for (let index = outcomes.length - 1; index >= 0; index--) writeResult(writer, outcomes[index] as SendOutcome);
  writer.message(FRAME_FIELD, end);
}

function writeResult(writer: WireWriter, { messageId, duplicate, acceptedAt, recipients }: SendOutcome): void {
  const end = writer.length;
  for (let index = recipients.length - 1; index >= 0; index--) writer.element(RECIPIENTS, recipients[index] as string);
  writer.time(ACCEPTED_TIME, acceptedAt);
  writer.message(duplicate ? DUPLICATE : ACCEPTED, end);
  writer.text(MESSAGE_ID, messageId);
  writer.message(RESULTS, end);
}
