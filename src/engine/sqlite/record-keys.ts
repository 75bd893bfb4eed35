import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { MessageKey } from '../engine.ts';
import { createHashKey, type HashKey } from './hash-key.ts';
import { createKeyGeneration, type KeyGeneration } from './key-generation.ts';
import { type KeyRunDraft, openKeyRuns } from './key-runs.ts';
import { createKeyUpkeep } from './key-upkeep.ts';

/**
 * Finds message records by sender and message id. A message with several copies is in it once, under
 * its first record; one that got further copies later is in it once for each time.
 *
 * An index on the two would cost more than everything else together: ids are random, so each message would dirty a page
 * of its own, to be logged whole, and the more there are the fewer share one. Instead the newest keys are in memory and go to
 * the disk together as a run, sorted by hash (`key-runs.ts`); now and then eight runs become one (`key-upkeep.ts`), so that there
 * are few of them however many keys there are. A filter in memory says which runs a key may be in: for a new key, none. What
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
  /** Moves some keys to the disk; part of every batch, so that the work keeps up with the traffic. */
  settle(): void;
}

/** Pages written for each page of new keys while they go to the disk: they are there before the next ones are due. */
const WRITE_SPEED = 2;
/** The same for the upkeep of runs, of which each key is a part twice: written again, and deleted where it was. */
const UPKEEP_SPEED = 8;

/** Hash and size are other than as usual in tests alone: of what happens when hashes collide, and of thousands of runs. */
export interface RecordKeysOptions {
  readonly hash?: HashKey;
  readonly keysInMemory?: number;
  /** Called before records are looked at, so that those of the same batch can be written first. */
  beforeLook?(): void;
}

export function createRecordKeys(db: DatabaseSync, options: RecordKeysOptions = {}): RecordKeys {
  const {
    hash = createHashKey(readSeed(db)),
    keysInMemory: capacity = SQLITE_LIMITS.keysInMemory,
    beforeLook,
  } = options;
  const isRecord = db.prepare('SELECT 1 FROM messages WHERE seq = ? AND sender = ? AND message_id = ?');
  const runs = openKeyRuns(db);
  const upkeep = createKeyUpkeep(db, { runs, keysInMemory: capacity });
  const setIndexed = db.prepare(
    `INSERT INTO state (name, value) VALUES ('${INDEXED_UNTIL}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  let recent = createKeyGeneration(capacity);
  let writing: Writing | undefined;
  let writeDue = 0;
  let upkeepDue = 0;

  let hashed: MessageKey | undefined;
  let hashOfHashed = 0;
  /** A key that is added was looked for just before. */
  const hashOf = (key: MessageKey): number => {
    if (key !== hashed) hashOfHashed = hash(key.sender, key.messageId);
    hashed = key;
    return hashOfHashed;
  };
  /** Sequences of all keys with one hash; the last one's are gone with the next call. */
  const found: number[] = [];
  const collect = (key: MessageKey): readonly number[] => {
    const home = hashOf(key);
    found.length = 0;
    recent.collect(home, found);
    writing?.generation.collect(home, found);
    runs.collect(home, found);
    return found;
  };
  // Keys may outlive their records.
  const isOf = (sequence: number, { sender, messageId }: MessageKey): boolean => {
    beforeLook?.();
    return isRecord.get(sequence, sender, messageId) !== undefined;
  };

  const startWriting = (): void => {
    const { size: keys, pages } = recent;
    writing = { generation: recent, draft: runs.begin({ keys, pages }), next: 0 };
    recent = createKeyGeneration(capacity);
  };
  const writePages = (count: number): void => {
    for (let left = count; left > 0 && writing !== undefined; left--) {
      const { generation, draft } = writing;
      draft.write(writing.next, generation.pairsOf(writing.next));
      if (++writing.next < generation.pages) continue;
      draft.finish(generation);
      setIndexed.run(generation.newest);
      writing = undefined;
    }
  };
  /** What is in no run yet. There is more than memory takes only in a file of before there were runs. */
  const readBack = (): void => {
    const read = prepareReadBack(db);
    for (let rows = read(recent.newest); rows.length > 0; rows = read(recent.newest)) {
      for (const [sequence, sender, messageId] of rows) recent.add(hash(sender, messageId), sequence);
      if (recent.size < capacity * 2) continue;
      db.exec('BEGIN IMMEDIATE');
      startWriting();
      writePages(Number.POSITIVE_INFINITY);
      db.exec('COMMIT');
    }
  };
  readBack();
  return {
    has(key) {
      for (const sequence of collect(key)) if (isOf(sequence, key)) return true;
      return false;
    },
    add(key, sequence) {
      recent.add(hashOf(key), sequence);
      writeDue += (WRITE_SPEED * recent.pages) / capacity;
      upkeepDue += (UPKEEP_SPEED * recent.pages) / capacity;
    },
    find(key) {
      // A key may be in two runs, if the process ended while it was on its way from memory.
      const sequences = new Set(collect(key).filter((sequence) => isOf(sequence, key)));
      return [...sequences].sort((a, b) => a - b);
    },
    forgotten: (before) => upkeep.forgotten(before),
    settle() {
      if (writing === undefined && recent.size >= capacity) startWriting();
      const [writes, keeps] = [Math.floor(writeDue), Math.floor(upkeepDue)];
      writeDue -= writes;
      upkeepDue -= keeps;
      writePages(writes);
      upkeep.work(keeps);
    },
  };
}

/** A generation on its way to the disk. */
interface Writing {
  readonly generation: KeyGeneration;
  readonly draft: KeyRunDraft;
  /** The page that is written next. */
  next: number;
}

/** Name of the `state` that says up to which record all keys are in runs. */
const INDEXED_UNTIL = 'keys_indexed_until';
/** Records read back at a time. */
const READ_BACK = 16_384;

/** The seed that the file was made with. */
function readSeed(db: DatabaseSync): number {
  return db.prepare("SELECT value FROM state WHERE name = 'hash_seed'").get()?.value as number;
}

type UnindexedRow = readonly [sequence: number, sender: string, messageId: string];

/** Reads some of the records after one whose keys are in no run: the first of each message. */
function prepareReadBack(db: DatabaseSync): (after: number) => UnindexedRow[] {
  const select = db.prepare(
    `SELECT seq, sender, message_id FROM messages
     WHERE seq > max(?, coalesce((SELECT value FROM state WHERE name = '${INDEXED_UNTIL}'), 0)) AND copies > 0
     ORDER BY seq LIMIT ${READ_BACK}`,
  );
  select.setReturnArrays(true);
  return (after) => select.all(after) as unknown as UnindexedRow[];
}
