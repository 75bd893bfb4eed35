import type { MailboxDepth } from '../../engine.ts';
import type { Operation, Store } from '../operation.ts';

export interface PurgeRequest {
  readonly agentId: string;
  readonly sequences: readonly number[];
}

/** Deletes dead letters of one mailbox. The reply says how many there were, and their bytes. */
export const purgeDeadLetters: Operation<PurgeRequest, MailboxDepth> = {
  writes: true,
  encode({ agentId, sequences }, tape) {
    tape.text(agentId);
    tape.number(sequences.length);
    for (const sequence of sequences) tape.number(sequence);
  },
  prepare(store) {
    const drop = prepareDeadLetterDrop(store);
    const isThere = store.db.prepare('SELECT size FROM dead_letters WHERE seq = ? AND recipient = ?');
    return (request, reply) => {
      const agentId = request.text();
      let messages = 0;
      let bytes = 0;
      for (let left = request.number(); left > 0; left--) {
        const sequence = request.number();
        const row = isThere.get(sequence, agentId) as { size: number } | undefined;
        if (row === undefined) continue;
        drop(sequence, row.size);
        messages++;
        bytes += row.size;
      }
      reply.number(messages);
      reply.number(bytes);
    };
  },
  decode: (tape) => ({ messages: tape.number(), bytes: tape.number() }),
};

/** Deletes a dead letter that is there, of so many bytes. */
export function prepareDeadLetterDrop({ db, counters }: Store): (sequence: number, size: number) => void {
  const remove = db.prepare('DELETE FROM dead_letters WHERE seq = ?');
  return (sequence, size) => {
    remove.run(sequence);
    counters.add('dead_letters', -1);
    counters.add('dead_letter_bytes', -size);
  };
}
