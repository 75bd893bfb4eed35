import type { MessageKey, Withdrawal } from '../engine.ts';
import type { Entry } from './mailbox.ts';
import type { PendingMail } from './pending-mail.ts';

/**
 * Withdrawals that are on their way to the disk. What they take back is handed out no more from the call on: whoever got
 * it in between would begin work that is called off already.
 */
export interface Withdrawals {
  begin(withdrawals: readonly Withdrawal[]): void;
  /** The write that holds them is durable, or was refused: then what was held back is available again. */
  end(withdrawals: readonly Withdrawal[]): void;
  /** Ends the lease of a message that is being taken back, and says whether it is one. */
  holdBack(entry: Entry, key: MessageKey): boolean;
}

/** A mailbox's copies of one message. */
interface UnderWay {
  /** Writes that take them back. */
  writes: number;
  readonly heldBack: Set<Entry>;
}

export function createWithdrawals(pending: PendingMail): Withdrawals {
  const underWay = new Map<string, UnderWay>();
  return {
    begin(withdrawals) {
      for (const withdrawal of withdrawals) {
        const name = nameOf(withdrawal, withdrawal.recipient);
        const found = underWay.get(name);
        if (found === undefined) underWay.set(name, { writes: 1, heldBack: new Set() });
        else found.writes++;
      }
    },
    end(withdrawals) {
      for (const withdrawal of withdrawals) {
        const name = nameOf(withdrawal, withdrawal.recipient);
        const found = underWay.get(name);
        if (found === undefined || --found.writes > 0) continue;
        underWay.delete(name);
        for (const entry of found.heldBack) if (entry.state === 'held_back') pending.putBack(entry, 0);
      }
    },
    holdBack(entry, key) {
      if (underWay.size === 0) return false;
      const found = underWay.get(nameOf(key, entry.mailbox.agentId));
      if (found === undefined) return false;
      pending.endLease(entry);
      entry.state = 'held_back';
      found.heldBack.add(entry);
      return true;
    },
  };
}

/** JSON, because ids may hold any character, so that joined by one they could mean two things. */
function nameOf({ sender, messageId }: MessageKey, recipient: string): string {
  return JSON.stringify([sender, messageId, recipient]);
}
