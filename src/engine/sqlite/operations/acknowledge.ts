import type { Operation } from '../operation.ts';
import type { Attempted } from './attempted.ts';
import { decodeAttempted, encodeAttempted } from './attempted.ts';

/**
 * Removes mail for good. `attempts` is 0 where the record would say the right number
 * anyway, so that a first delivery that is acknowledged writes nothing but the deletion.
 */
export const acknowledge: Operation<readonly Attempted[], void> = {
  writes: true,
  encode: encodeAttempted,
  prepare({ db }) {
    const drop = db.prepare('DELETE FROM mail WHERE seq = ?');
    const count = db.prepare('UPDATE messages SET attempts = ? WHERE seq = ?');
    return (request) => {
      decodeAttempted(request, (sequence, attempts) => {
        drop.run(sequence);
        if (attempts > 0) count.run(attempts, sequence);
      });
    };
  },
  decode() {},
};
