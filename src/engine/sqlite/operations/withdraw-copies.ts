import type { MessageKey, Withdrawal } from '../../engine.ts';
import type { Store } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { WITHDRAWN } from './end-messages.ts';
import { prepareMailDrop } from './mail-drop.ts';

/** A copy that a write took back. */
export interface WithdrawnCopy {
  readonly sequence: number;
  /** Position of the withdrawal in its write. */
  readonly withdrawal: number;
}

/** A copy that is in a mailbox. */
interface WaitingCopy {
  readonly sequence: number;
  readonly recipient: string;
  /** Where its envelope is stored apart from it; 0 if it is not. */
  readonly shared: number;
}

export function encodeWithdrawals(withdrawals: readonly Withdrawal[], tape: TapeWriter): void {
  tape.number(withdrawals.length);
  for (const { sender, messageId, recipient, reason } of withdrawals) {
    tape.text(sender);
    tape.text(messageId);
    tape.text(recipient);
    tape.text(reason);
  }
}

// An object literal is evaluated in the order it is written, which is the order on the tape.
export function decodeWithdrawals(tape: TapeReader): Withdrawal[] {
  return Array.from({ length: tape.number() }, () => ({
    sender: tape.text(),
    messageId: tape.text(),
    recipient: tape.text(),
    reason: tape.text(),
  }));
}

/** Takes the copies back that are there. */
export function prepareWithdraw({ db, keys }: Store): (list: readonly Withdrawal[], at: number) => WithdrawnCopy[] {
  const mail = prepareMailDrop(db);
  const record = db.prepare('UPDATE messages SET outcome = ?, outcome_at = ?, reason = ? WHERE seq = ?');
  const select = db.prepare(
    `SELECT r.seq AS sequence, r.recipient, coalesce(m.shared, 0) AS shared
     FROM messages f JOIN messages r ON r.seq >= f.seq AND r.seq < f.seq + f.copies JOIN mail m ON m.seq = r.seq
     WHERE f.seq = ? ORDER BY r.seq`,
  );
  const findWaiting = (key: MessageKey): Map<string, WaitingCopy[]> => {
    const copies = keys.find(key).flatMap((first) => select.all(first) as unknown as WaitingCopy[]);
    return Map.groupBy(copies, ({ recipient }) => recipient);
  };
  return (withdrawals, at) => {
    const withdrawn: WithdrawnCopy[] = [];
    // The copies of a message are looked for once, however many mailboxes they are taken back from in a row.
    let known: MessageKey | undefined;
    let waiting = new Map<string, WaitingCopy[]>();
    for (const [index, withdrawal] of withdrawals.entries()) {
      const { sender, messageId, recipient, reason } = withdrawal;
      if (sender !== known?.sender || messageId !== known.messageId) waiting = findWaiting(withdrawal);
      known = withdrawal;
      for (const { sequence, shared } of waiting.get(recipient) ?? []) {
        mail.drop(sequence, shared);
        record.run(WITHDRAWN, at, reason, sequence);
        withdrawn.push({ sequence, withdrawal: index });
      }
      waiting.delete(recipient);
    }
    return withdrawn;
  };
}

export function encodeWithdrawn(withdrawn: readonly WithdrawnCopy[], tape: TapeWriter): void {
  tape.number(withdrawn.length);
  for (const { sequence, withdrawal } of withdrawn) {
    tape.number(sequence);
    tape.number(withdrawal);
  }
}

export function decodeWithdrawn(tape: TapeReader): WithdrawnCopy[] {
  return Array.from({ length: tape.number() }, () => ({ sequence: tape.number(), withdrawal: tape.number() }));
}
