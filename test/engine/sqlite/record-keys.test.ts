import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHashKey, HASH_RANGE } from '../../../src/engine/sqlite/hash-key.ts';
import type { RecordKeys } from '../../../src/engine/sqlite/record-keys.ts';
import { createRecordKeys } from '../../../src/engine/sqlite/record-keys.ts';
import { MIGRATIONS, migrate } from '../../../src/engine/sqlite/schema.ts';
import { SQLITE_LIMITS } from '../../../src/limits.ts';

const SENDER = 'test://sender';

function openTables(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db, 'test.db');
  return db;
}

/** Adds keys that are free and writes their records, a batch at a time, as the worker does. */
function createWriter(db: DatabaseSync, keys: RecordKeys) {
  const insert = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at) VALUES (?, ?, ?, 'r', x'00', 1)`,
  );
  const write = (messageId: string, sequence: number): boolean => {
    const key = { sender: SENDER, messageId };
    if (keys.has(key)) return false;
    keys.add(key, sequence);
    insert.run(sequence, SENDER, messageId);
    return true;
  };
  const writeMany = (from: number, to: number): void => {
    for (let sequence = from; sequence <= to; sequence++) {
      write(`id-${sequence}`, sequence);
      if (sequence % 500 === 0) keys.settle();
    }
  };
  return { write, writeMany };
}

/** Keys in runs. */
const count = (db: DatabaseSync): number =>
  db.prepare('SELECT coalesce(sum(keys), 0) AS n FROM key_runs').get()?.n as number;
/** Sequences in all pages, whatever run they are of. */
const stored = (db: DatabaseSync): number[] =>
  db
    .prepare('SELECT pairs FROM key_pages')
    .all()
    .flatMap(({ pairs }) => [...new Float64Array((pairs as Uint8Array<ArrayBuffer>).buffer)])
    .filter((_, index) => index % 2 === 1)
    .sort((a, b) => a - b);
const find = (keys: RecordKeys, sequence: number): number | undefined => {
  const found = keys.find({ sender: SENDER, messageId: `id-${sequence}` });
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
};

describe('the keys of message records', () => {
  const generation = SQLITE_LIMITS.keysInMemory;

  it('are found and kept from being used twice, in memory, on the way to the disk and there', () => {
    const db = openTables();
    const keys = createRecordKeys(db);
    const { write, writeMany } = createWriter(db, keys);
    writeMany(1, generation * 2 + 1_000);
    // The first generation is on the disk, the second on its way there, the rest in memory.
    expect(count(db)).toBeGreaterThanOrEqual(generation);
    expect(count(db)).toBeLessThan(generation * 2);
    for (let sequence = 1; sequence <= generation * 2 + 1_000; sequence += 97) {
      expect(find(keys, sequence)).toBe(sequence);
      expect(write(`id-${sequence}`, 1e9)).toBe(false);
    }
    expect(find(keys, generation * 3)).toBeUndefined();
  });

  it.each([0, 1, 10, 200])('are all known after a restart in the middle of things (%i batches on)', (batches) => {
    const db = openTables();
    const until = generation + batches * 500;
    createWriter(db, createRecordKeys(db)).writeMany(1, until);
    const keys = createRecordKeys(db);
    for (let sequence = 1; sequence <= until; sequence += 53) expect(find(keys, sequence)).toBe(sequence);
    const again = createWriter(db, keys);
    expect(again.write(`id-${until}`, 1e9)).toBe(false);
    again.writeMany(until + 1, until + generation * 2);
    for (let sequence = 1; sequence <= until + generation; sequence += 53) expect(find(keys, sequence)).toBe(sequence);
  });

  it('can be used again once the record is forgotten, wherever the key is', () => {
    const db = openTables();
    const keys = createRecordKeys(db);
    const { write, writeMany } = createWriter(db, keys);
    writeMany(1, generation * 2 + 1_000);
    let next = 1e9;
    for (const sequence of [1, generation + 1, generation * 2 + 500]) {
      db.prepare('DELETE FROM messages WHERE seq = ?').run(sequence);
      expect(find(keys, sequence)).toBeUndefined();
      expect(write(`id-${sequence}`, ++next)).toBe(true);
      expect(find(keys, sequence)).toBe(next);
      expect(write(`id-${sequence}`, ++next)).toBe(false);
    }
  });

  it('leave the disk when their records are forgotten, but for those that are needed for longer', () => {
    const db = openTables();
    const keys = createRecordKeys(db, { keysInMemory: 256 });
    const { writeMany } = createWriter(db, keys);
    writeMany(1, 100_000);
    db.exec('DELETE FROM messages WHERE seq <= 90000 AND seq <> 7');
    keys.forgotten(90_001);
    writeMany(100_001, 130_000);
    // Once in a run, and once more in what that is becoming a part of.
    expect(new Set(stored(db).filter((sequence) => sequence <= 60_000))).toEqual(new Set([7]));
    expect(find(keys, 7)).toBe(7);
    expect(find(keys, 8)).toBeUndefined();
    expect(find(keys, 90_001)).toBe(90_001);
  });

  it('are in few runs and on no more pages than they need, however many they are', () => {
    const db = openTables();
    const keys = createRecordKeys(db, { keysInMemory: 256 });
    const { writeMany } = createWriter(db, keys);
    writeMany(1, 150_000);
    const { runs, pages } = db
      .prepare('SELECT count(*) AS runs, sum(pages) AS pages FROM key_runs WHERE state = 1')
      .get() as { runs: number; pages: number };
    // 150,000 keys are nine runs of 64 times what memory holds, or less, and up to seven of either smaller size, and what is
    // being merged.
    expect(runs).toBeLessThan(9 + 7 + 7 + 16);
    expect(pages).toBeLessThan((150_000 / 112) * 1.3);
    expect(db.prepare('SELECT count(*) AS n FROM key_pages').get()?.n).toBeLessThan(pages * 2);
    for (let sequence = 1; sequence <= 150_000; sequence += 37) expect(find(keys, sequence)).toBe(sequence);
  });

  it('are known after every restart, wherever the writing, the merging and the forgetting was', () => {
    const db = openTables();
    let next = 1;
    let forgotten = 0;
    for (let run = 0; run < 60; run++) {
      const keys = createRecordKeys(db, { keysInMemory: 64 });
      const insert = createWriter(db, keys);
      const until = next + 300 + run * 17;
      for (; next < until; next++) {
        expect(insert.write(`id-${next}`, next)).toBe(true);
        if (next % 5 === 0) keys.settle();
      }
      if (run % 4 === 3) {
        forgotten = next - 2_000;
        // Every hundredth is needed for longer.
        db.prepare('DELETE FROM messages WHERE seq <= ? AND seq % 100 <> 0').run(forgotten);
        keys.forgotten(forgotten + 1);
      }
    }
    const keys = createRecordKeys(db, { keysInMemory: 64 });
    for (let sequence = 1; sequence < next; sequence++) {
      const isThere = sequence > forgotten || sequence % 100 === 0;
      expect(find(keys, sequence)).toBe(isThere ? sequence : undefined);
    }
  });

  it('are made anew from the records of a file of before there were runs', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, 'test.db', MIGRATIONS.slice(0, 4));
    const insert = db.prepare(
      `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at) VALUES (?, ?, ?, 'r', x'00', 1)`,
    );
    for (let sequence = 1; sequence <= 3_000; sequence++) insert.run(sequence, SENDER, `id-${sequence}`);
    db.exec("INSERT INTO state (name, value) VALUES ('keys_indexed_until', 2000)");
    migrate(db, 'test.db');
    const keys = createRecordKeys(db, { keysInMemory: 256 });
    expect(count(db)).toBeGreaterThan(2_000);
    for (let sequence = 1; sequence <= 3_000; sequence += 7) expect(find(keys, sequence)).toBe(sequence);
  });

  it('find all that was accepted under a key, in order, wherever each is', () => {
    const db = openTables();
    const keys = createRecordKeys(db);
    const { writeMany } = createWriter(db, keys);
    const insert = db.prepare(
      `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at) VALUES (?, ?, 'm', 'r', x'00', 1)`,
    );
    const key = { sender: SENDER, messageId: 'm' };
    const sequences: number[] = [];
    const addAnother = (sequence: number): void => {
      keys.add(key, sequence);
      insert.run(sequence, SENDER);
      sequences.push(sequence);
    };
    let written = 0;
    // So many that some are in the index, some on their way, at every point of it, and some in memory.
    while (written < generation * 2) {
      addAnother(written + 1);
      writeMany(written + 2, written + 5_000);
      written += 5_000;
      expect(keys.has(key)).toBe(true);
      expect(keys.find(key)).toEqual(sequences);
    }
    expect(createRecordKeys(db).find(key)).toEqual(sequences);
  });

  it('are read back once a message, however many copies it has', () => {
    const db = openTables();
    const insert = db.prepare(
      `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, copies)
       VALUES (?, ?, 'm', ?, x'00', 1, ?)`,
    );
    for (let copy = 0; copy < 256; copy++) insert.run(10 + copy, SENDER, `r-${copy}`, copy === 0 ? 256 : -copy);
    expect(createRecordKeys(db).find({ sender: SENDER, messageId: 'm' })).toEqual([10]);
  });

  it('are told apart even if they all share a hash', () => {
    const db = openTables();
    const keys = createRecordKeys(db, { hash: () => 12_345 });
    const { write } = createWriter(db, keys);
    for (const messageId of ['a', 'b', 'c']) expect(write(messageId, messageId.charCodeAt(0))).toBe(true);
    for (const messageId of ['a', 'b', 'c']) {
      expect(keys.find({ sender: SENDER, messageId })).toEqual([messageId.charCodeAt(0)]);
      expect(write(messageId, 1e9)).toBe(false);
    }
    expect(keys.find({ sender: SENDER, messageId: 'd' })).toEqual([]);
    // In a run, too.
    const hash = () => 12_345;
    const few = createRecordKeys(db, { hash, keysInMemory: 2 });
    for (let batch = 0; batch < 100; batch++) {
      createWriter(db, few).write(`more-${batch}`, 1_000 + batch);
      few.settle();
    }
    expect(count(db)).toBeGreaterThan(50);
    expect(few.find({ sender: SENDER, messageId: 'b' })).toEqual(['b'.charCodeAt(0)]);
    expect(few.find({ sender: SENDER, messageId: 'more-7' })).toEqual([1_007]);
    expect(few.find({ sender: SENDER, messageId: 'd' })).toEqual([]);
  });

  it('are not taken for others when a page is damaged', () => {
    const db = openTables();
    const keys = createRecordKeys(db, { keysInMemory: 256 });
    createWriter(db, keys).writeMany(1, 2_000);
    db.exec('UPDATE key_pages SET pairs = zeroblob(length(pairs))');
    expect(() => keys.has({ sender: SENDER, messageId: 'id-1' })).toThrow(/of key_pages is not what was written/);
    db.exec('UPDATE key_runs SET filter = zeroblob(length(filter)) WHERE state = 1');
    expect(() => createRecordKeys(db)).toThrow(/of key_runs is not what was written/);
  });
});

describe('the hash of a key', () => {
  const hashKey = createHashKey(0);

  it('is what it was when the first files were written', () => {
    expect(hashKey('test://sender', 'message-1')).toBe(847_888_912_211_436);
    expect(hashKey('', '')).toBe(6_981_130_395_136_900);
  });

  it('depends on all of the seed, so that nobody who does not know it can make keys collide', () => {
    const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
    const hashes = new Set(seeds.map((seed) => createHashKey(seed)('test://sender', 'message-1')));
    expect(hashes.size).toBe(seeds.length);
  });

  it('has another seed in every file', () => {
    const seeds = [openTables(), openTables()].map(
      (db) => db.prepare("SELECT value FROM state WHERE name = 'hash_seed'").get()?.value,
    );
    expect(seeds[0]).not.toBe(seeds[1]);
  });

  it('is a whole number in its range, and tells sender and id apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (sender, id) => {
        const hash = hashKey(sender, id);
        expect(Number.isSafeInteger(hash) && hash >= 0 && hash < HASH_RANGE).toBe(true);
        expect(hashKey(sender + id, '')).not.toBe(hash);
      }),
    );
  });

  it('spreads keys that differ little over the whole range', () => {
    const stretches = new Array<number>(256).fill(0);
    const keys = 100_000;
    const seen = new Set<number>();
    for (let index = 0; index < keys; index++) {
      const hash = hashKey('test://sender', `message-${index}`);
      seen.add(hash);
      stretches[Math.floor((hash / HASH_RANGE) * 256)]! += 1;
    }
    expect(seen.size).toBe(keys);
    expect(Math.min(...stretches)).toBeGreaterThan((keys / 256) * 0.7);
    expect(Math.max(...stretches)).toBeLessThan((keys / 256) * 1.3);
  });
});
