import { checkMailRow, type MailRow, SELECT_MAIL } from '../checked-rows.ts';
import type { Operation } from '../operation.ts';

/** What a lease tells of a message beside its mailbox state. */
export interface MailContent {
  readonly sender: string;
  readonly messageId: string;
  readonly acceptedAt: number;
  readonly envelope: Uint8Array;
}

/**
 * Reads waiting messages by sequence, in the order of the request. A message that
 * was settled since it was asked for is undefined.
 */
export const readMail: Operation<readonly number[], (MailContent | undefined)[]> = {
  writes: false,
  encode(sequences, tape) {
    tape.number(sequences.length);
    for (const sequence of sequences) tape.number(sequence);
  },
  prepare({ db }) {
    const select = db.prepare(`${SELECT_MAIL} WHERE m.seq = ?`);
    return (request, reply) => {
      const count = request.number();
      reply.number(count);
      for (let index = 0; index < count; index++) {
        const row = select.get(request.number()) as unknown as MailRow | undefined;
        reply.optionalNumber(row?.accepted_at);
        if (row === undefined) continue;
        checkMailRow(row);
        reply.text(row.sender);
        reply.text(row.message_id);
        reply.bytes(row.envelope);
      }
    };
  },
  decode: (tape) =>
    Array.from({ length: tape.number() }, () => {
      const acceptedAt = tape.optionalNumber();
      if (acceptedAt === undefined) return undefined;
      return { acceptedAt, sender: tape.text(), messageId: tape.text(), envelope: tape.ownBytes() };
    }),
};
