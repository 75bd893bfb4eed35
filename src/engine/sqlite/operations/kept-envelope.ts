import type { MessageKey } from '../../engine.ts';
import { assertSum, sumOfEnvelope } from '../checksums.ts';
import type { Operation, Store } from '../operation.ts';
import { prepareMailDrop } from './mail-drop.ts';

/** The envelope of a message that was to be kept and is not forgotten. */
export const readKeptEnvelope: Operation<MessageKey, Uint8Array | undefined> = {
  writes: false,
  encode({ sender, messageId }, tape) {
    tape.text(sender);
    tape.text(messageId);
  },
  prepare({ db, keys }) {
    const select = db.prepare('SELECT envelope, sum FROM envelopes WHERE seq = ? AND kept = 1');
    return (request, reply) => {
      const firsts = keys.find({ sender: request.text(), messageId: request.text() });
      let found: Uint8Array | undefined;
      for (const first of firsts) {
        const row = select.get(first) as { envelope: Uint8Array; sum: number | null } | undefined;
        if (row === undefined) continue;
        assertSum(row.sum, sumOfEnvelope(first, row.envelope), { table: 'envelopes', place: first });
        found ??= row.envelope;
      }
      reply.optionalBytes(found);
    };
  },
  decode: (tape) => tape.optionalBytes()?.slice(),
};

/** Keeps the envelope of a message no longer than it is delivered. */
export function prepareForget({ db, keys }: Store): (key: MessageKey) => void {
  const mail = prepareMailDrop(db);
  return (key) => {
    for (const first of keys.find(key)) mail.forget(first);
  };
}
