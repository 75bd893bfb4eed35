import type { Operation } from '../operation.ts';

/** What a lease tells of a message beside its mailbox state. */
export interface MailContent {
  readonly sender: string;
  readonly messageId: string;
  readonly acceptedAt: number;
  readonly envelope: Uint8Array;
}

interface Row {
  readonly sender: string;
  readonly message_id: string;
  readonly accepted_at: number;
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
    const select = db.prepare(
      `SELECT sender, message_id, accepted_at, coalesce(m.envelope, e.envelope) AS envelope
       FROM mail m JOIN messages USING (seq) LEFT JOIN envelopes e ON e.seq = m.shared WHERE m.seq = ?`,
    );
    return (request, reply) => {
      const count = request.number();
      reply.number(count);
      for (let index = 0; index < count; index++) {
        const row = select.get(request.number()) as Row | undefined;
        reply.optionalNumber(row?.accepted_at);
        if (row === undefined) continue;
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
