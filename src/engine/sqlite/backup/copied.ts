import type { DatabaseSync } from 'node:sqlite';

/**
 * The bus that a copy was made of may have gone on. It handed out delivery ids, numbered messages and buried dead letters
 * that the copy knows nothing of, and it delivered what still waits in the copy. So a copy carries a mark, and the first
 * bus that opens it takes numbers that nobody has: not the bus that went on, and no bus on another copy.
 */

/** Name of the `state` that is the mark: when the copy was made, in milliseconds since the epoch. */
const COPIED_AT = 'copied_at';
/** Name of the `state` that says up to where message sequences are somebody else's. */
const SEQUENCES_AFTER = 'sequences_after';
/**
 * Numbers jump by less than this, by chance. Far more than a bus uses, so that two copies do not meet; and so much less than the
 * 2^53 that numbers can reach that a copy of a copy of a copy can be made, some thousand times.
 */
const JUMP_RANGE = 2 ** 41;

/** When the copy was made, in milliseconds since the epoch; undefined for a database that is none, or was opened since. */
export function copiedAt(db: DatabaseSync): number | undefined {
  return readState(db, COPIED_AT);
}

/** Makes a copy of a database. */
export function markAsCopied(db: DatabaseSync, at: number): void {
  writeState(db, COPIED_AT, at);
}

/** The newest message sequence in use, here or by the bus that a copy was made of. */
export function newestSequence(db: DatabaseSync): number {
  const { seq } = db
    .prepare(
      'SELECT max(coalesce((SELECT max(seq) FROM messages), 0), coalesce((SELECT max(seq) FROM dead_letters), 0)) AS seq',
    )
    .get() as { seq: number };
  return Math.max(seq, readState(db, SEQUENCES_AFTER) ?? 0);
}

/**
 * Takes the first opening of a copy for what it is; does nothing on any other. Part of the transaction that begins a run.
 *
 * Epochs and sequences jump, so that no id of a delivery or of a dead letter that anybody else gave out means something
 * here, now or in a later run. All that waits may have been delivered meanwhile, and says so.
 */
export function takeOverCopy(db: DatabaseSync): void {
  if (copiedAt(db) === undefined) return;
  const newest = newestSequence(db);
  writeState(db, 'epoch', (readState(db, 'epoch') ?? 0) + chance(db));
  writeState(db, SEQUENCES_AFTER, newest + chance(db));
  db.prepare(
    `INSERT INTO mailboxes (agent_id, in_use, suspect_seq)
     SELECT DISTINCT recipient, 0, ? FROM mail JOIN messages USING (seq) WHERE true
     ON CONFLICT (agent_id) DO UPDATE SET suspect_seq = excluded.suspect_seq`,
  ).run(newest);
  db.prepare('DELETE FROM state WHERE name = ?').run(COPIED_AT);
}

function readState(db: DatabaseSync, name: string): number | undefined {
  return db.prepare('SELECT value FROM state WHERE name = ?').get(name)?.value as number | undefined;
}

function writeState(db: DatabaseSync, name: string, value: number): void {
  db.prepare(
    'INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
}

/** SQLite's own randomness, which comes from the operating system's. */
function chance(db: DatabaseSync): number {
  return db.prepare('SELECT 1 + abs(random() % ?) AS number').get(JUMP_RANGE)?.number as number;
}
