import type { MessageKey, SessionAppend, Withdrawal, Write } from '../../engine.ts';
import { EngineError } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { TapedMessage } from './insert-messages.ts';
import { countRecords, decodeMessage, encodeMessage, prepareMessageInsert } from './insert-messages.ts';
import { prepareForget } from './kept-envelope.ts';
import { decodeKeys, encodeKeys } from './message-keys.ts';
import { prepareSessionAppend } from './session-append.ts';
import type { WithdrawnCopy } from './withdraw-copies.ts';
import {
  decodeWithdrawals,
  decodeWithdrawn,
  encodeWithdrawals,
  encodeWithdrawn,
  prepareWithdraw,
} from './withdraw-copies.ts';

export interface CommitRequest {
  readonly write: Write;
  /** The place of the first message in the order of acceptance; the others follow it. Unused without one. */
  readonly sequence: number;
  /** When copies are taken back, in milliseconds since the epoch; unused where none are. */
  readonly at: number;
}

/** Why a write was refused, or what it took back. */
export type CommitReply = { readonly refusal: EngineError } | { readonly withdrawn: readonly WithdrawnCopy[] };

const APPEND = 1;
const WITHDRAW = 2;
const FORGET = 4;

const OK = 0;
const CONFLICT = 1;
const DUPLICATE = 2;
const WITHDREW = 3;

/** Most writes take nothing back. */
const APPLIED: CommitReply = { withdrawn: [] };

/** Applies one write. */
export const commit: Operation<CommitRequest, CommitReply> = {
  writes: true,
  leavesNewRows: true,
  encode: encodeCommit,
  prepare(store) {
    const sessions = prepareSessionAppend(store);
    const messages = prepareMessageInsert(store);
    const withdraw = prepareWithdraw(store);
    const forget = prepareForget(store);
    return (request, reply) => {
      const write = decodeCommit(request);
      const { append } = write;
      const session = append && sessions.find(append.sessionId);
      const lastSequence = session?.lastSequence ?? 0;
      if (append !== undefined && append.expectedSequence !== lastSequence) {
        return encodeConflict(append, lastSequence, reply);
      }
      const duplicate = messages.findDuplicate(write.messages);
      if (duplicate !== undefined) return encodeDuplicate(duplicate, reply);
      if (append !== undefined) sessions.append(append, session);
      const withdrawn = write.withdraw.length > 0 ? withdraw(write.withdraw, write.at) : [];
      for (const key of write.forget) forget(key);
      let sequence = write.sequence;
      for (const message of write.messages) {
        messages.insert(message, sequence);
        sequence += countRecords(message);
      }
      reply.number(withdrawn.length > 0 ? WITHDREW : OK);
      if (withdrawn.length > 0) encodeWithdrawn(withdrawn, reply);
    };
  },
  decode(tape) {
    const status = tape.number();
    if (status === OK) return APPLIED;
    if (status === WITHDREW) return { withdrawn: decodeWithdrawn(tape) };
    return { refusal: status === CONFLICT ? decodeConflict(tape) : decodeDuplicate(tape) };
  },
};
function encodeCommit({ write, sequence, at }: CommitRequest, tape: TapeWriter): void {
  const { append, withdraw = [], forget = [], messages = [] } = write;
  tape.number(
    (append === undefined ? 0 : APPEND) | (withdraw.length === 0 ? 0 : WITHDRAW) | (forget.length === 0 ? 0 : FORGET),
  );
  tape.number(sequence);
  if (append !== undefined) encodeAppend(append, tape);
  if (withdraw.length > 0) {
    tape.number(at);
    encodeWithdrawals(withdraw, tape);
  }
  if (forget.length > 0) encodeKeys(forget, tape);
  tape.number(messages.length);
  for (const message of messages) encodeMessage(message, tape);
}

/** A write as the worker sees it. All of it is read before any of it is done. */
interface TapedWrite {
  readonly sequence: number;
  readonly at: number;
  readonly append: TapedAppend | undefined;
  readonly withdraw: readonly Withdrawal[];
  readonly forget: readonly MessageKey[];
  readonly messages: readonly TapedMessage[];
}

const NONE: readonly never[] = [];

function decodeCommit(tape: TapeReader): TapedWrite {
  const parts = tape.number();
  const sequence = tape.number();
  const append = parts & APPEND ? decodeAppend(tape) : undefined;
  const at = parts & WITHDRAW ? tape.number() : 0;
  const withdraw = parts & WITHDRAW ? decodeWithdrawals(tape) : NONE;
  const forget = parts & FORGET ? decodeKeys(tape) : NONE;
  const count = tape.number();
  const messages = count === 1 ? [decodeMessage(tape)] : Array.from({ length: count }, () => decodeMessage(tape));
  return { sequence, at, append, withdraw, forget, messages };
}

function encodeConflict({ sessionId, expectedSequence }: TapedAppend, lastSequence: number, tape: TapeWriter): void {
  tape.number(CONFLICT);
  tape.text(sessionId);
  tape.number(expectedSequence);
  tape.number(lastSequence);
}

function decodeConflict(tape: TapeReader): EngineError {
  const sessionId = tape.text();
  const expected = tape.number();
  const actual = tape.number();
  return new EngineError('sequence_conflict', `session ${sessionId} is at sequence ${actual}, not ${expected}`, {
    facts: { sessionId, expected, actual },
  });
}

function encodeDuplicate({ sender, messageId }: MessageKey, tape: TapeWriter): void {
  tape.number(DUPLICATE);
  tape.text(sender);
  tape.text(messageId);
}

function decodeDuplicate(tape: TapeReader): EngineError {
  return duplicateMessage({ sender: tape.text(), messageId: tape.text() });
}

/** What is told of a message that is on record already. */
export function duplicateMessage({ sender, messageId }: MessageKey): EngineError {
  return new EngineError('duplicate_message', `message ${messageId} of ${sender} is on record already`, {
    facts: { sender, messageId },
  });
}

function encodeAppend(append: SessionAppend, tape: TapeWriter): void {
  tape.text(append.sessionId);
  tape.number(append.expectedSequence);
  tape.number(append.events.length);
  for (const event of append.events) tape.bytes(event);
  tape.text(append.index === undefined ? '' : JSON.stringify(append.index));
  tape.optionalBytes(append.snapshot);
}

/** An append as the worker sees it: the index entry stays JSON until it is known to differ from the stored one. */
export interface TapedAppend {
  readonly sessionId: string;
  readonly expectedSequence: number;
  readonly events: readonly Uint8Array[];
  /** JSON of a `SessionIndexEntry`; empty for none. */
  readonly index: string;
  readonly snapshot: Uint8Array | undefined;
}

function decodeAppend(tape: TapeReader): TapedAppend {
  const sessionId = tape.text();
  const expectedSequence = tape.number();
  const events = Array.from({ length: tape.number() }, () => tape.bytes());
  return { sessionId, expectedSequence, events, index: tape.text(), snapshot: tape.optionalBytes() };
}
