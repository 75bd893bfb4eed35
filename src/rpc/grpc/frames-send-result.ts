import type { SendOutcome } from '../../bus/message/messages.ts';
import type { SendAnswer } from '../agent-stream/frames.ts';
import type { SizedFrame } from './encode-frames.ts';
import { elementSize, messageSize, textSize, timeSize, type WireWriter } from './wire-writer.ts';

/** Numbers of the fields, as the contract has them. */
const FRAME_FIELD = 3;
const RESULTS = 1;
const MESSAGE_ID = 1;
const ACCEPTED = 2;
const DUPLICATE = 3;
const ACCEPTED_TIME = 1;
const RECIPIENTS = 2;

/** A SendResultFrame; undefined if a message of it was refused, which is seldom and has much to say. */
export function sendResultFrame(answers: readonly SendAnswer[]): SizedFrame | undefined {
  let size = 0;
  for (const answer of answers) {
    if ('error' in answer) return undefined;
    size += messageSize(resultSize(answer));
  }
  return { field: FRAME_FIELD, size, write: (writer) => writeResults(writer, answers as readonly SendOutcome[]) };
}

function writeResults(writer: WireWriter, outcomes: readonly SendOutcome[]): void {
  for (const outcome of outcomes) {
    writer.message(RESULTS, resultSize(outcome));
    writer.text(MESSAGE_ID, outcome.messageId);
    writer.message(outcome.duplicate ? DUPLICATE : ACCEPTED, outcomeSize(outcome));
    writer.time(ACCEPTED_TIME, outcome.acceptedAt);
    for (const recipient of outcome.recipients) writer.element(RECIPIENTS, recipient);
  }
}

function resultSize(outcome: SendOutcome): number {
  return textSize(outcome.messageId) + messageSize(outcomeSize(outcome));
}

function outcomeSize({ acceptedAt, recipients }: SendOutcome): number {
  let size = timeSize(acceptedAt);
  for (const recipient of recipients) size += elementSize(recipient);
  return size;
}
