import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { MailRow } from '../../../src/engine/sqlite/load-state.ts';
import { beginEpoch, clearSuspicion, loadMail, readMailRows } from '../../../src/engine/sqlite/load-state.ts';
import { returnCode } from '../../../src/engine/sqlite/return-code.ts';
import { migrate } from '../../../src/engine/sqlite/schema.ts';
import { SQLITE_LIMITS } from '../../../src/limits.ts';

function openTables(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db, 'test.db');
  return db;
}

interface Waiting {
  readonly seq: number;
  readonly recipient: string;
  readonly returned?: number;
}

function insertMail(db: DatabaseSync, waiting: readonly Waiting[]): void {
  const record = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, attempts, returned)
     VALUES (?, 's', ?, ?, x'00', 1, ?, ?)`,
  );
  const mail = db.prepare(
    'INSERT INTO mail (seq, priority, expires_at, available_at, tag, envelope) VALUES (?, ?, ?, ?, ?, zeroblob(?))',
  );
  db.exec('BEGIN');
  for (const { seq, recipient, returned = 0 } of waiting) {
    record.run(seq, `id-${seq}`, recipient, seq % 3, returned);
    const [expiresAt, availableAt] = [seq % 2 === 0 ? 1_000 + seq : null, seq % 5 === 0 ? 500 + seq : null];
    mail.run(seq, (seq % 4) + 1, expiresAt, availableAt, seq % 7, seq % 10);
  }
  db.exec('COMMIT');
}

function load(db: DatabaseSync): {
  rows: (Omit<MailRow, 'mailbox'> & { recipient: string | undefined })[];
  chunks: number;
} {
  const rows: (Omit<MailRow, 'mailbox'> & { recipient: string | undefined })[] = [];
  const recipients: string[] = [];
  let chunks = 0;
  const innocent = loadMail(db, (chunk) => {
    chunks++;
    recipients.push(...chunk.newMailboxes);
    readMailRows(structuredClone(chunk), ({ mailbox, ...row }) =>
      rows.push({ ...row, recipient: recipients[mailbox] }),
    );
  });
  clearSuspicion(db, innocent);
  return { rows, chunks };
}

describe('loading the waiting mail', () => {
  it('brings every row across, oldest first, however many chunks they take', () => {
    const db = openTables();
    const count = SQLITE_LIMITS.loadChunkRows * 2 + 5;
    insertMail(
      db,
      Array.from({ length: count }, (_, index) => ({ seq: index + 1, recipient: `agent-${(index * index) % 1_000}` })),
    );
    const { rows, chunks } = load(db);
    expect(chunks).toBe(3);
    expect(rows).toHaveLength(count);
    for (const [index, row] of rows.entries()) {
      const seq = index + 1;
      expect(row).toEqual({
        sequence: seq,
        recipient: `agent-${(index * index) % 1_000}`,
        priority: (seq % 4) + 1,
        attempts: seq % 3,
        returned: undefined,
        expiresAt: seq % 2 === 0 ? 1_000 + seq : Number.POSITIVE_INFINITY,
        availableAt: seq % 5 === 0 ? 500 + seq : 0,
        tag: seq % 7,
        shared: 0,
        size: seq % 10,
      });
    }
  });

  it('knows the size of an envelope that is stored apart', () => {
    const db = openTables();
    insertMail(db, [
      { seq: 1, recipient: 'a' },
      { seq: 2, recipient: 'b' },
    ]);
    db.exec('INSERT INTO envelopes (seq, copies, kept, envelope) VALUES (1, 2, 0, zeroblob(77))');
    db.exec('UPDATE mail SET shared = 1, envelope = NULL');
    expect(load(db).rows.map(({ sequence, shared, size }) => [sequence, shared, size])).toEqual([
      [1, 1, 77],
      [2, 1, 77],
    ]);
  });

  it('says nothing of an empty database', () => {
    expect(load(openTables())).toEqual({ rows: [], chunks: 0 });
  });
});

describe('beginning an epoch', () => {
  it('counts the runs', () => {
    const db = openTables();
    expect([beginEpoch(db), beginEpoch(db), beginEpoch(db)].map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it('goes on after the newest message, even if it is a dead letter without a record', () => {
    const db = openTables();
    expect(beginEpoch(db).lastSequence).toBe(0);
    insertMail(db, [{ seq: 5, recipient: 'a' }]);
    expect(beginEpoch(db).lastSequence).toBe(5);
    db.exec(`INSERT INTO dead_letters VALUES (9, 's', 'm', 'r', x'00', 1, 2, 0, 1, 'reason', 1, 1, x'00', NULL)`);
    expect(beginEpoch(db).lastSequence).toBe(9);
  });

  it('suspects what waited in a mailbox that was in use, for as long as it waits', () => {
    const db = openTables();
    const rejected = returnCode('rejected');
    insertMail(db, [
      { seq: 1, recipient: 'used', returned: rejected },
      { seq: 2, recipient: 'unused', returned: rejected },
    ]);
    db.exec(`INSERT INTO mailboxes (agent_id, in_use) VALUES ('used', 1)`);
    beginEpoch(db);
    insertMail(db, [{ seq: 3, recipient: 'used' }]);
    beginEpoch(db);
    expect(load(db).rows.map(({ sequence, returned }) => [sequence, returned])).toEqual([
      [1, 'bus_restarted'],
      [2, 'rejected'],
      [3, undefined],
    ]);
    db.exec('DELETE FROM mail WHERE seq = 1');
    beginEpoch(db);
    expect(load(db).rows.map(({ sequence, returned }) => [sequence, returned])).toEqual([
      [2, 'rejected'],
      [3, undefined],
    ]);
    expect(db.prepare('SELECT count(*) AS marks FROM mailboxes').get()).toEqual({ marks: 0 });
  });
});
