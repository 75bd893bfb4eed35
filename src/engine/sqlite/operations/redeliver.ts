import type { MessageKey, RedeliveryReason } from '../../engine.ts';
import { prepareCheckedRows } from '../checked-rows.ts';
import type { Operation } from '../operation.ts';
import { returnCode } from '../return-code.ts';
import { prepareDeadLetterDrop } from './purge-dead-letters.ts';

export interface MeasureRequest {
  readonly agentId: string;
  readonly sequences: readonly number[];
}

/** A dead letter by the room that it needs. */
export interface MeasuredDeadLetter {
  readonly sequence: number;
  readonly size: number;
}

/** The dead letters of one mailbox among these, in the order of the request. */
export const measureDeadLetters: Operation<MeasureRequest, MeasuredDeadLetter[]> = {
  writes: false,
  encode({ agentId, sequences }, tape) {
    tape.text(agentId);
    tape.number(sequences.length);
    for (const sequence of sequences) tape.number(sequence);
  },
  prepare({ db }) {
    const select = db.prepare('SELECT size FROM dead_letters WHERE seq = ? AND recipient = ?');
    return (request, reply) => {
      const agentId = request.text();
      for (let left = request.number(); left > 0; left--) {
        const sequence = request.number();
        const row = select.get(sequence, agentId);
        if (row === undefined) continue;
        reply.number(sequence);
        reply.number(row.size as number);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    const found: MeasuredDeadLetter[] = [];
    for (let sequence = tape.number(); sequence !== END; sequence = tape.number()) {
      found.push({ sequence, size: tape.number() });
    }
    return found;
  },
};

/** Follows the last one; sequences start at 1. */
const END = 0;

export interface RedeliverRequest {
  readonly sequences: readonly number[];
  /** Where they stand in the order of acceptance from now on; each has the place after the one before it. */
  readonly newSequence: number;
  readonly acceptedAt: number;
  readonly keepTagBits: number;
}

/** Why a redelivered message comes: whoever may speak as its recipient put it back. It was delivered before it died. */
export const RETURNED: RedeliveryReason = 'rejected';

/** A message that is in its mailbox again. */
export interface RedeliveredRow extends MessageKey {
  readonly priority: number;
  readonly tag: number;
}

/**
 * Puts dead letters back into their mailboxes, each as a further copy of its message. The reply is in the order of
 * the request, with nothing for those that are dead letters no more.
 */
export const redeliver: Operation<RedeliverRequest, (RedeliveredRow | undefined)[]> = {
  writes: true,
  encode({ sequences, newSequence, acceptedAt, keepTagBits }, tape) {
    tape.number(newSequence);
    tape.number(acceptedAt);
    tape.number(keepTagBits);
    tape.number(sequences.length);
    for (const sequence of sequences) tape.number(sequence);
  },
  prepare(store) {
    const { db, keys, recordCount } = store;
    const drop = prepareDeadLetterDrop(store);
    const rows = prepareCheckedRows(db);
    const select = db.prepare(
      'SELECT sender, message_id AS messageId, priority, tag, size FROM dead_letters WHERE seq = ?',
    );
    const record = db.prepare(
      `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, returned)
       SELECT ?, sender, message_id, recipient, fingerprint, ?, ? FROM dead_letters WHERE seq = ?`,
    );
    const mail = db.prepare(
      `INSERT INTO mail (seq, priority, tag, envelope) SELECT ?, priority, ?, envelope FROM dead_letters WHERE seq = ?`,
    );
    return (request, reply) => {
      let place = request.number();
      const acceptedAt = request.number();
      const keepTagBits = request.number();
      const count = request.number();
      reply.number(count);
      for (let index = 0; index < count; index++, place++) {
        const sequence = request.number();
        const row = select.get(sequence) as (RedeliveredRow & { size: number }) | undefined;
        reply.number(row === undefined ? 0 : 1);
        if (row === undefined) continue;
        rows.checkDeadLetter(sequence);
        const tag = row.tag & keepTagBits;
        keys.add(row, place);
        recordCount.add(1);
        record.run(place, acceptedAt, returnCode(RETURNED), sequence);
        mail.run(place, tag, sequence);
        rows.sumMail(place);
        drop(sequence, row.size);
        reply.text(row.sender);
        reply.text(row.messageId);
        reply.number(row.priority);
        reply.number(tag);
      }
    };
  },
  decode: (tape) =>
    Array.from({ length: tape.number() }, () =>
      tape.number() === 1
        ? { sender: tape.text(), messageId: tape.text(), priority: tape.number(), tag: tape.number() }
        : undefined,
    ),
};
