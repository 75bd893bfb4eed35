import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { MessageKey } from '../engine.ts';
import { createHashKey, HASH_RANGE, type HashKey } from './hash-key.ts';

/**
 * Finds message records by sender and message id, and keeps either from being used twice.
 *
 * An index on the two would cost more than everything else together: ids are random,
 * so each message would dirty a page of its own, to be logged whole. Instead the newest
 * keys are in memory, and from time to time go to the index in the order in which it is
 * sorted, a stretch at a time, so that each page is written once for many of them. What
 * was in memory is read back from the records themselves when the database is opened.
 */
export interface RecordKeys {
  /** Takes a key for a record that is about to be written; false if it is taken already. */
  claim(key: MessageKey, sequence: number): boolean;
  /** The sequence of the record, if there is one. */
  find(key: MessageKey): number | undefined;
  /** Told that no record before this sequence is left but those that still have mail. */
  forgotten(before: number): void;
  /** Moves some keys to the index; part of every batch, so that the work keeps up with the traffic. */
  settle(): void;
}

/** Keys that go to the index together. */
interface Generation {
  /**
   * Sequences by hash. Should two keys share a hash, the second is under the next
   * number that is free: keys are told apart by their records.
   */
  readonly sequences: Map<number, number>;
  /** For each stretch of the index: hash and sequence of one key after the other. */
  readonly stretches: number[][];
  /** The newest record in it. */
  until: number;
}

/** Stretches of the index, all of one length, that are merged one by one. */
const STRETCHES = 256;
const STRETCH_RANGE = HASH_RANGE / STRETCHES;

/** `hash` is the file's own everywhere but in tests of what happens when hashes collide. */
export function createRecordKeys(db: DatabaseSync, hash: HashKey = createHashKey(readSeed(db))): RecordKeys {
  const isRecord = db.prepare('SELECT 1 FROM messages WHERE seq = ? AND sender = ? AND message_id = ?');
  const findIndexed = db.prepare(
    `SELECT k.seq AS seq FROM message_keys k JOIN messages r ON r.seq = k.seq
     WHERE k.hash = ? AND r.sender = ? AND r.message_id = ?`,
  );
  const merger = createMerger(db);
  let recent = createGeneration();
  let merging: Generation | undefined;
  let nextStretch = 0;
  let claimed = 0;

  const findIn = ({ sequences }: Generation, home: number, { sender, messageId }: MessageKey): number | undefined => {
    for (let place = home; ; place++) {
      const sequence = sequences.get(place);
      // Keys in memory may outlive their records, on a bus that sees few messages.
      if (sequence === undefined || isRecord.get(sequence, sender, messageId) !== undefined) return sequence;
    }
  };
  const find = (home: number, key: MessageKey): number | undefined =>
    findIn(recent, home, key) ??
    (merging && findIn(merging, home, key)) ??
    (findIndexed.get(home, key.sender, key.messageId)?.seq as number | undefined);
  const remember = (home: number, sequence: number): void => {
    let place = home;
    while (recent.sequences.has(place)) place++;
    recent.sequences.set(place, sequence);
    recent.stretches[Math.floor(home / STRETCH_RANGE)]?.push(home, sequence);
    recent.until = sequence;
    claimed++;
  };
  const startMerging = (): void => {
    merging = recent;
    recent = createGeneration();
    nextStretch = 0;
    merger.begin(merging);
  };
  for (const { seq, sender, messageId } of readUnindexed(db)) remember(hash(sender, messageId), seq);
  claimed = 0;
  return {
    claim(key, sequence) {
      const home = hash(key.sender, key.messageId);
      if (find(home, key) !== undefined) return false;
      remember(home, sequence);
      return true;
    },
    find: (key) => find(hash(key.sender, key.messageId), key),
    forgotten: (before) => merger.forgotten(before),
    settle() {
      if (merging === undefined && recent.sequences.size >= SQLITE_LIMITS.keysInMemory) startMerging();
      // Twice as fast as new keys come, so that one generation is done before the next one is full.
      const due = Math.ceil((claimed * 2 * STRETCHES) / SQLITE_LIMITS.keysInMemory);
      claimed = 0;
      for (let count = 0; count < due && merging !== undefined; count++) {
        merger.merge(merging, nextStretch++);
        if (nextStretch < STRETCHES) continue;
        merger.end(merging);
        merging = undefined;
      }
    },
  };
}

function createGeneration(): Generation {
  return { sequences: new Map(), stretches: Array.from({ length: STRETCHES }, () => []), until: 0 };
}

/** Name of the `state` that says up to which record all keys are in the index. */
const INDEXED_UNTIL = 'keys_indexed_until';

/** The seed that the file was made with. */
function readSeed(db: DatabaseSync): number {
  return db.prepare("SELECT value FROM state WHERE name = 'hash_seed'").get()?.value as number;
}

interface UnindexedRow {
  readonly seq: number;
  readonly sender: string;
  readonly messageId: string;
}

function readUnindexed(db: DatabaseSync): Iterable<UnindexedRow> {
  const sql = `SELECT seq, sender, message_id AS messageId FROM messages
    WHERE seq > coalesce((SELECT value FROM state WHERE name = '${INDEXED_UNTIL}'), 0) ORDER BY seq`;
  return db.prepare(sql).iterate() as Iterable<unknown> as Iterable<UnindexedRow>;
}

interface Merger {
  begin(generation: Generation): void;
  merge(generation: Generation, stretch: number): void;
  end(generation: Generation): void;
  forgotten(before: number): void;
}

function createMerger(db: DatabaseSync): Merger {
  // A generation that was cut short by the end of the process comes again, whole.
  const insert = db.prepare('INSERT OR IGNORE INTO message_keys (hash, seq) VALUES (?, ?)');
  const sweep = db.prepare(
    `DELETE FROM message_keys WHERE hash >= ? AND hash < ? AND seq < ?
     AND NOT EXISTS (SELECT 1 FROM mail WHERE mail.seq = message_keys.seq)`,
  );
  const done = db.prepare(
    `INSERT INTO state (name, value) VALUES ('${INDEXED_UNTIL}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  let forgottenBefore = 0;
  let sweptBefore = 0;
  let sweeping = false;
  return {
    // Keys of forgotten records do no harm, so they stay until a quarter of the index is made of them.
    begin({ until }) {
      sweeping = (forgottenBefore - sweptBefore) * 4 > until - sweptBefore;
    },
    merge({ stretches }, stretch) {
      const pairs = stretches[stretch] ?? [];
      const order = Array.from({ length: pairs.length / 2 }, (_, index) => index * 2);
      order.sort((a, b) => (pairs[a] as number) - (pairs[b] as number));
      for (const at of order) insert.run(pairs[at] as number, pairs[at + 1] as number);
      if (sweeping) sweep.run(stretch * STRETCH_RANGE, (stretch + 1) * STRETCH_RANGE, forgottenBefore);
    },
    end({ until }) {
      done.run(until);
      if (sweeping) sweptBefore = forgottenBefore;
    },
    forgotten(before) {
      forgottenBefore = Math.max(forgottenBefore, before);
    },
  };
}
