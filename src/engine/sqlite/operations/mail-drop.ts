import type { DatabaseSync } from 'node:sqlite';

/** Takes messages out of their mailboxes, and envelopes away that nobody needs any more. */
export interface MailDrop {
  /** Whether the message was there; `shared` is where its envelope is stored apart, or 0. */
  drop(sequence: number, shared: number): boolean;
  /** Keeps an envelope for as long as there is mail that reads it, and no longer. */
  forget(shared: number): void;
}

export function prepareMailDrop(db: DatabaseSync): MailDrop {
  const dropMail = db.prepare('DELETE FROM mail WHERE seq = ?');
  const unread = `NOT EXISTS (
    SELECT 1 FROM mail WHERE mail.seq >= envelopes.seq AND mail.seq < envelopes.seq + envelopes.copies)`;
  const dropEnvelope = db.prepare(`DELETE FROM envelopes WHERE seq = ? AND kept = 0 AND ${unread}`);
  const dropKept = db.prepare(`DELETE FROM envelopes WHERE seq = ? AND ${unread}`);
  const unkeep = db.prepare('UPDATE envelopes SET kept = 0 WHERE seq = ?');
  return {
    drop(sequence, shared) {
      if (dropMail.run(sequence).changes === 0) return false;
      if (shared > 0) dropEnvelope.run(shared);
      return true;
    },
    forget(shared) {
      // The update writes a row anew, envelope and all: only where somebody still reads it.
      if (dropKept.run(shared).changes === 0) unkeep.run(shared);
    },
  };
}
