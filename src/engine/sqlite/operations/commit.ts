import type { DatabaseSync } from 'node:sqlite';
import type { NewMessage, SessionAppend, Write } from '../../engine.ts';
import { EngineError } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { RecordKeys } from '../record-keys.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { prepareSessionAppend } from './session-append.ts';

export interface CommitRequest {
  readonly write: Write;
  /** The place of the message in the order of acceptance; 0 without one. */
  readonly sequence: number;
}

const APPEND = 1;
const MESSAGE = 2;

const OK = 0;
const CONFLICT = 1;
const DUPLICATE = 2;

/** Applies one write. The reply is the reason why it was refused, if it was. */
export const commit: Operation<CommitRequest, EngineError | undefined> = {
  writes: true,
  encode({ write: { append, message }, sequence }, tape) {
    tape.number((append === undefined ? 0 : APPEND) | (message === undefined ? 0 : MESSAGE));
    if (append !== undefined) encodeAppend(append, tape);
    if (message !== undefined) encodeMessage(message, sequence, tape);
  },
  prepare({ db, keys }) {
    const sessions = prepareSessionAppend(db);
    const messages = prepareMessageInsert(db, keys);
    return (request, reply) => {
      const parts = request.number();
      const append = parts & APPEND ? decodeAppend(request) : undefined;
      const message = parts & MESSAGE ? decodeMessage(request) : undefined;
      const session = append && sessions.find(append.sessionId);
      const lastSequence = session?.lastSequence ?? 0;
      if (append !== undefined && append.expectedSequence !== lastSequence) {
        reply.number(CONFLICT);
        reply.text(append.sessionId);
        reply.number(append.expectedSequence);
        reply.number(lastSequence);
        return;
      }
      if (message !== undefined && !messages.insert(message)) {
        reply.number(DUPLICATE);
        reply.text(message.sender);
        reply.text(message.messageId);
        return;
      }
      if (append !== undefined) sessions.append(append, session);
      reply.number(OK);
    };
  },
  decode(tape) {
    const status = tape.number();
    if (status === OK) return undefined;
    return status === CONFLICT ? decodeConflict(tape) : decodeDuplicate(tape);
  },
};

function decodeConflict(tape: TapeReader): EngineError {
  const sessionId = tape.text();
  const expected = tape.number();
  const actual = tape.number();
  return new EngineError('sequence_conflict', `session ${sessionId} is at sequence ${actual}, not ${expected}`, {
    facts: { sessionId, expected, actual },
  });
}

function decodeDuplicate(tape: TapeReader): EngineError {
  const sender = tape.text();
  const messageId = tape.text();
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

function encodeMessage(message: NewMessage, sequence: number, tape: TapeWriter): void {
  tape.number(sequence);
  tape.text(message.sender);
  tape.text(message.messageId);
  tape.text(message.recipient);
  tape.bytes(message.fingerprint);
  tape.number(message.priority);
  tape.number(message.acceptedAt);
  tape.optionalNumber(message.expiresAt);
  tape.bytes(message.envelope);
}

interface TapedMessage {
  readonly sequence: number;
  readonly sender: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly priority: number;
  readonly acceptedAt: number;
  readonly expiresAt: number | undefined;
  readonly envelope: Uint8Array;
}

// An object literal is evaluated in the order it is written, which is the order on the tape.
function decodeMessage(tape: TapeReader): TapedMessage {
  return {
    sequence: tape.number(),
    sender: tape.text(),
    messageId: tape.text(),
    recipient: tape.text(),
    fingerprint: tape.bytes(),
    priority: tape.number(),
    acceptedAt: tape.number(),
    expiresAt: tape.optionalNumber(),
    envelope: tape.bytes(),
  };
}

function prepareMessageInsert(db: DatabaseSync, keys: RecordKeys): { insert(message: TapedMessage): boolean } {
  const record = db.prepare(
    'INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const mail = db.prepare('INSERT INTO mail (seq, priority, expires_at, envelope) VALUES (?, ?, ?, ?)');
  return {
    /** False, with nothing changed, when the message is on record. */
    insert(message) {
      const { sequence, sender, messageId, recipient, fingerprint, acceptedAt, priority, expiresAt, envelope } =
        message;
      if (!keys.claim(message, sequence)) return false;
      record.run(sequence, sender, messageId, recipient, fingerprint, acceptedAt);
      mail.run(sequence, priority, expiresAt ?? null, envelope);
      return true;
    },
  };
}
