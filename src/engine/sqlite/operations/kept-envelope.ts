import type { MessageKey } from '../../engine.ts';
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
    const select = db.prepare('SELECT envelope FROM envelopes WHERE seq = ? AND kept = 1');
    return (request, reply) => {
      const firsts = keys.find({ sender: request.text(), messageId: request.text() });
      let found: Uint8Array | undefined;
      for (const first of firsts) found ??= select.get(first)?.envelope as Uint8Array | undefined;
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
