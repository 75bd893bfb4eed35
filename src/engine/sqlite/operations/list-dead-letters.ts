import type { MessageKey } from '../../engine.ts';
import { checkDeadLetterRow } from '../checked-rows.ts';
import type { DeadLetterColumns } from '../checksums.ts';
import type { Operation } from '../operation.ts';

export interface ListDeadLettersRequest {
  readonly agentId: string;
  /** Those after this sequence; 0 for all. */
  readonly after: number;
  readonly limit: number;
  readonly maxBytes: number;
}

export interface DeadLetterRow extends MessageKey {
  readonly sequence: number;
  readonly acceptedAt: number;
  readonly diedAt: number;
  readonly attempts: number;
  readonly reason: string;
  readonly envelope: Uint8Array;
}

export interface ListedDeadLetters {
  readonly rows: DeadLetterRow[];
  readonly more: boolean;
}

interface Row extends DeadLetterColumns {
  readonly sum: number | null;
}

/** Follows the last row, and says whether there are more; sequences start at 1. */
const END = 0;
const MORE = -1;

/** Dead letters of one mailbox, in the order of acceptance, bounded in number and bytes. */
export const listDeadLetters: Operation<ListDeadLettersRequest, ListedDeadLetters> = {
  writes: false,
  encode({ agentId, after, limit, maxBytes }, tape) {
    tape.text(agentId);
    tape.number(after);
    tape.number(limit);
    tape.number(maxBytes);
  },
  prepare({ db }) {
    const select = db.prepare('SELECT * FROM dead_letters WHERE recipient = ? AND seq > ? ORDER BY seq LIMIT ?');
    return (request, reply) => {
      const agentId = request.text();
      const after = request.number();
      let left = request.number();
      let room = request.number();
      let first = true;
      const rows = select.iterate(agentId, after, left + 1) as Iterable<unknown> as Iterable<Row>;
      for (const row of rows) {
        room -= row.size;
        if (left === 0 || (room < 0 && !first)) return reply.number(MORE);
        checkDeadLetterRow(row);
        left--;
        first = false;
        reply.number(row.seq);
        reply.text(row.sender);
        reply.text(row.message_id);
        reply.number(row.accepted_at);
        reply.number(row.died_at);
        reply.number(row.attempts);
        reply.text(row.reason);
        reply.bytes(row.envelope);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    const rows: DeadLetterRow[] = [];
    let sequence = tape.number();
    for (; sequence > 0; sequence = tape.number()) {
      // An object literal is evaluated in the order it is written, which is the order on the tape.
      rows.push({
        sequence,
        sender: tape.text(),
        messageId: tape.text(),
        acceptedAt: tape.number(),
        diedAt: tape.number(),
        attempts: tape.number(),
        reason: tape.text(),
        envelope: tape.ownBytes(),
      });
    }
    return { rows, more: sequence === MORE };
  },
};
