import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { MessageKey } from '../engine.ts';
import { createHashKey, HASH_RANGE, type HashKey } from './hash-key.ts';

/**
 * Finds message records by sender and message id. A message with several copies is in it once, under
 * its first record; one that got further copies later is in it once for each time.
 *
 * An index on the two would cost more than everything else together: ids are random,
 * so each message would dirty a page of its own, to be logged whole. Instead the newest
 * keys are in memory, and from time to time go to the index in the order in which it is
 * sorted, a stretch at a time, so that each page is written once for many of them. What
 * was in memory is read back from the records themselves when the database is opened.
 */
export interface RecordKeys {
  /** Whether there is a record under a key. */
  has(key: MessageKey): boolean;
  /** Adds the first record of a message, which is about to be written, whether or not there are others under its key. */
  add(key: MessageKey, sequence: number): void;
  /** The first records under a key, in the order of acceptance. */
  find(key: MessageKey): number[];
  /** Told that no record before this sequence is left but those that are needed for longer. */
  forgotten(before: number): void;
  /** Moves some keys to the index; part of every batch, so that the work keeps up with the traffic. */
  settle(): void;
}

/** Keys that go to the index together. */
interface Generation {
  /**
   * Sequences by hash. Whatever shares a hash, one key or two, is under the next
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
     WHERE k.hash = ? AND r.sender = ? AND r.message_id = ? ORDER BY k.seq`,
  );
  const merger = createMerger(db);
  let recent = createGeneration();
  let merging: Generation | undefined;
  let nextStretch = 0;
  let added = 0;

  let hashed: MessageKey | undefined;
  let hashOfHashed = 0;
  /** A key that is added was looked for just before. */
  const hashOf = (key: MessageKey): number => {
    if (key !== hashed) hashOfHashed = hash(key.sender, key.messageId);
    hashed = key;
    return hashOfHashed;
  };
  const isIn = ({ sequences }: Generation, home: number, { sender, messageId }: MessageKey): boolean => {
    for (let place = home; ; place++) {
      const sequence = sequences.get(place);
      if (sequence === undefined) return false;
      // Keys in memory may outlive their records, on a bus that sees few messages.
      if (isRecord.get(sequence, sender, messageId) !== undefined) return true;
    }
  };
  const collect = ({ sequences }: Generation, key: MessageKey, found: Set<number>): void => {
    for (let place = hashOf(key); ; place++) {
      const sequence = sequences.get(place);
      if (sequence === undefined) return;
      if (isRecord.get(sequence, key.sender, key.messageId) !== undefined) found.add(sequence);
    }
  };
  const remember = (home: number, sequence: number): void => {
    let place = home;
    while (recent.sequences.has(place)) place++;
    recent.sequences.set(place, sequence);
    recent.stretches[Math.floor(home / STRETCH_RANGE)]?.push(home, sequence);
    recent.until = sequence;
    added++;
  };
  const startMerging = (): void => {
    merging = recent;
    recent = createGeneration();
    nextStretch = 0;
    merger.begin(merging);
  };
  for (const { seq, sender, messageId } of readUnindexed(db)) remember(hash(sender, messageId), seq);
  added = 0;
  return {
    has(key) {
      const home = hashOf(key);
      if (isIn(recent, home, key) || (merging !== undefined && isIn(merging, home, key))) return true;
      return findIndexed.get(home, key.sender, key.messageId) !== undefined;
    },
    add: (key, sequence) => remember(hashOf(key), sequence),
    find(key) {
      // While a generation goes to the index, a key of it may be in both.
      const indexed = findIndexed.all(hashOf(key), key.sender, key.messageId);
      const found = new Set(indexed.map(({ seq }) => seq as number));
      if (merging !== undefined) collect(merging, key, found);
      collect(recent, key, found);
      return [...found].sort((a, b) => a - b);
    },
    forgotten: (before) => merger.forgotten(before),
    settle() {
      if (merging === undefined && recent.sequences.size >= SQLITE_LIMITS.keysInMemory) startMerging();
      // Twice as fast as new keys come, so that one generation is done before the next one is full.
      const due = Math.ceil((added * 2 * STRETCHES) / SQLITE_LIMITS.keysInMemory);
      added = 0;
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
    WHERE seq > coalesce((SELECT value FROM state WHERE name = '${INDEXED_UNTIL}'), 0) AND copies > 0 ORDER BY seq`;
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
     AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.seq = message_keys.seq)`,
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
