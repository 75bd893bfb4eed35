import type { MailboxDepth } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader } from '../tape.ts';
import { prepareDeadLetterDrop } from './purge-dead-letters.ts';

export interface ForgetDeadLettersRequest {
  /** Dead letters that died before this are forgotten. */
  readonly cutoff: number;
  /** While the envelopes of all of them have more bytes than this, younger ones are forgotten too. */
  readonly maxBytes: number;
  /** At most this many. */
  readonly limit: number;
  /** And no more than fit this many bytes, but always one. */
  readonly stepBytes: number;
}

export interface ForgottenDeadLetters {
  readonly byAge: MailboxDepth;
  readonly bySize: MailboxDepth;
  /** Whether there may be more to forget. */
  readonly more: boolean;
}

interface Row {
  readonly seq: number;
  readonly died_at: number;
  readonly size: number;
}

/** Forgets dead letters, those that died first before the others, a bounded step at a time. */
export const forgetDeadLetters: Operation<ForgetDeadLettersRequest, ForgottenDeadLetters> = {
  writes: true,
  encode({ cutoff, maxBytes, limit, stepBytes }, tape) {
    tape.number(cutoff);
    tape.number(maxBytes);
    tape.number(limit);
    tape.number(stepBytes);
  },
  prepare(store) {
    const { db, counters } = store;
    const drop = prepareDeadLetterDrop(store);
    const select = db.prepare('SELECT seq, died_at, size FROM dead_letters ORDER BY died_at, seq LIMIT ?');
    return (request, reply) => {
      const cutoff = request.number();
      const maxBytes = request.number();
      const limit = request.number();
      let room = request.number();
      const byAge = { messages: 0, bytes: 0 };
      const bySize = { messages: 0, bytes: 0 };
      const rows = select.all(limit) as unknown[] as Row[];
      let more = rows.length === limit;
      for (const { seq, died_at, size } of rows) {
        const isOld = died_at < cutoff;
        const mayStay = !isOld && counters.get('dead_letter_bytes') <= maxBytes;
        if (mayStay || room <= 0) {
          more = !mayStay;
          break;
        }
        drop(seq, size);
        room -= size;
        const because = isOld ? byAge : bySize;
        because.messages++;
        because.bytes += size;
      }
      for (const { messages, bytes } of [byAge, bySize]) {
        reply.number(messages);
        reply.number(bytes);
      }
      reply.number(more ? 1 : 0);
    };
  },
  decode: (tape) => ({ byAge: decodeDepth(tape), bySize: decodeDepth(tape), more: tape.number() === 1 }),
};

function decodeDepth(tape: TapeReader): MailboxDepth {
  return { messages: tape.number(), bytes: tape.number() };
}
