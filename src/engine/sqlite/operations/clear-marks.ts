import type { Operation } from '../operation.ts';

/** The last operation before a clean close: nothing is leased any more. */
export const clearMarks: Operation<void, void> = {
  writes: true,
  encode() {},
  prepare({ db }) {
    const forget = db.prepare('DELETE FROM mailboxes WHERE suspect_seq = 0');
    const clear = db.prepare('UPDATE mailboxes SET in_use = 0 WHERE in_use <> 0');
    return () => {
      forget.run();
      clear.run();
    };
  },
  decode() {},
};
