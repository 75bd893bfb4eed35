import type { DatabaseSync } from 'node:sqlite';

/**
 * How many message records there are. Counting on costs nothing; writing the count down with every message would cost
 * a page each commit. So it is written down now and then, together with the record up to which it is true, and what
 * came after that is counted when the database is opened.
 */
export interface RecordCount {
  get(): number;
  add(change: number): void;
  /** Writes the count down; part of every step that removes records, because those would be counted otherwise. */
  save(): void;
}

const COUNT = 'records';
const COUNTED_UNTIL = 'records_counted_until';

export function createRecordCount(db: DatabaseSync): RecordCount {
  const read = db.prepare('SELECT value FROM state WHERE name = ?');
  const write = db.prepare('UPDATE state SET value = ? WHERE name = ?');
  const newest = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM messages');
  const stored = (name: string): number => read.get(name)?.value as number;
  const later = db.prepare('SELECT count(*) AS count FROM messages WHERE seq > ?');
  let saved = stored(COUNT);
  let savedUntil = stored(COUNTED_UNTIL);
  let count = saved + (later.get(savedUntil)?.count as number);
  return {
    get: () => count,
    add(change) {
      count += change;
    },
    save() {
      const until = newest.get()?.seq as number;
      if (count === saved && until === savedUntil) return;
      write.run(count, COUNT);
      write.run(until, COUNTED_UNTIL);
      saved = count;
      savedUntil = until;
    },
  };
}
