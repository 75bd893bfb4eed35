// Goal: what is accepted in frames is in the tables as it was sent, however alike its messages are and however they are
// grouped into statements; and its rows are not written before what the same batch deletes is gone.
// Method: the operation itself on a database in memory, with generated frames of few names, so that neighbours often have them in
// common and often not; the rows are compared with the messages, and with their checksums.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NewMessage } from '../../../src/engine/engine.ts';
import { checkData } from '../../../src/engine/sqlite/check-data.ts';
import { createCounters } from '../../../src/engine/sqlite/counters.ts';
import { IN_MEMORY, openDatabase } from '../../../src/engine/sqlite/database.ts';
import type { Store } from '../../../src/engine/sqlite/operation.ts';
import { accept } from '../../../src/engine/sqlite/operations/accept.ts';
import { countRecords } from '../../../src/engine/sqlite/operations/insert-messages.ts';
import { createPlainRows } from '../../../src/engine/sqlite/plain-rows.ts';
import { createRecordCount } from '../../../src/engine/sqlite/record-count.ts';
import { createRecordKeys } from '../../../src/engine/sqlite/record-keys.ts';
import { createTapeReader, createTapeWriter } from '../../../src/engine/sqlite/tape.ts';

/** A database, and how frames are accepted into it as one batch. */
function openStore() {
  const { db, close } = openDatabase(IN_MEMORY);
  const rows = createPlainRows(db);
  const keys = createRecordKeys(db, { beforeLook: rows.flush });
  const store: Store = {
    db,
    keys,
    rows,
    counters: createCounters(db),
    recordCount: createRecordCount(db),
    afterBatch() {},
  };
  const run = accept.prepare(store);
  let first = 1;
  const takeFrame = (messages: readonly NewMessage[]): readonly number[] => {
    const tape = createTapeWriter();
    const reply = createTapeWriter();
    accept.encode({ messages, first }, tape);
    for (const message of messages) first += countRecords(message);
    run(createTapeReader(tape.finish()), reply);
    return accept.decode(createTapeReader(reply.finish()));
  };
  return { db, rows, takeFrame, close };
}

/** Runs of messages with the same names, of any length, with others between them. */
const runs = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    sender: fc.constantFrom('test://a', 'test://b', 'test://ü'),
    recipients: fc.constantFrom(['test://x'], ['test://y'], ['test://x', 'test://y'], []),
    priority: fc.integer({ min: 1, max: 4 }),
    expiresAt: fc.constantFrom(undefined, 5_000_000_000_000),
    tag: fc.constantFrom(0, 0, 0, 7),
    /** The message in its middle is a repeat of the first message of all. */
    repeats: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

interface Run extends Pick<NewMessage, 'sender' | 'recipients' | 'priority' | 'tag'> {
  readonly length: number;
  readonly expiresAt: number | undefined;
  readonly repeats: boolean;
}

/** Messages with ids of their own. */
function toMessages(list: readonly Run[]): NewMessage[] {
  const messages: NewMessage[] = [];
  for (const { length, repeats, ...rest } of list) {
    const { expiresAt, ...names } = rest;
    for (let index = 0; index < length; index++) {
      const number = messages.length;
      const message = {
        ...names,
        ...(expiresAt !== undefined && { expiresAt }),
        messageId: `m-${number}`,
        fingerprint: new Uint8Array([number]),
        acceptedAt: 1_700_000_000_000 + number,
        envelope: new Uint8Array(number).fill(number),
      };
      const first = messages[0];
      messages.push(repeats && first !== undefined && index === length >> 1 ? { ...message, ...first } : message);
    }
  }
  return messages;
}

const cut = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));

it('frames are in the tables as they were sent', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 64 }), (list, size) => {
      const { db, rows, takeFrame, close } = openStore();
      const messages = toMessages(list);
      const accepted: { seq: number; message: NewMessage }[] = [];
      let seq = 1;
      for (const frame of cut(messages, size)) {
        const refused = takeFrame(frame);
        frame.forEach((message, index) => {
          if (!refused.includes(index)) accepted.push({ seq, message });
          seq += countRecords(message);
        });
      }
      rows.flush();
      const stored = db
        .prepare(
          `SELECT r.seq, sender, message_id AS messageId, recipient, fingerprint, accepted_at AS acceptedAt, r.copies,
             priority, expires_at AS expiresAt, tag, coalesce(m.envelope, e.envelope) AS envelope
           FROM messages r LEFT JOIN mail m ON m.seq = r.seq LEFT JOIN envelopes e ON e.seq = m.shared ORDER BY r.seq`,
        )
        .all();
      expect(stored).toEqual(accepted.flatMap(({ seq: place, message }) => rowsOf(message, place)));
      expect(checkData(db).problems).toEqual([]);
      close();
    }),
    { numRuns: 100 },
  );
});

/** What the query above finds of a message. */
function rowsOf(message: NewMessage, first: number): object[] {
  const { recipients, sender, messageId, fingerprint, acceptedAt } = message;
  const record = { sender, messageId, fingerprint, acceptedAt };
  const nowhere = { priority: null, expiresAt: null, tag: null, envelope: null };
  if (recipients.length === 0) return [{ seq: first, ...record, recipient: '', copies: 1, ...nowhere }];
  const { priority, expiresAt = null, tag, envelope } = message;
  return recipients.map((recipient, copy) => {
    const copies = copy === 0 ? recipients.length : -copy;
    return { seq: first + copy, ...record, recipient, copies, priority, expiresAt, tag, envelope };
  });
}

it('new rows wait for what deletes mail, and are there for who looks', () => {
  const { db, rows, takeFrame, close } = openStore();
  const count = (): unknown => db.prepare('SELECT count(*) AS count FROM mail').get()?.count;
  const names = { sender: 'test://a', recipients: ['test://x'], expiresAt: undefined, tag: 0, repeats: false };
  const frame = toMessages([{ ...names, length: 50, priority: 2 }]);
  expect(takeFrame(frame)).toEqual([]);
  expect(count()).toBe(0);
  // To say that these are repeats, the store has to look at the first ones.
  expect(takeFrame(frame)).toEqual(frame.map((_, index) => index));
  expect(count()).toBe(50);
  rows.flush();
  expect(count()).toBe(50);
  close();
});

it('messages behind a write that was refused, whose places stay empty, keep their own', () => {
  const { db, rows, close } = openStore();
  const run = { length: 40, sender: 'test://a', recipients: ['test://x'], priority: 2, tag: 0, repeats: false };
  const sequences = toMessages([{ ...run, expiresAt: undefined }]).map((message, index) => {
    const sequence = index < 5 ? index + 1 : index + 3;
    rows.add({ ...message, expiresAt: undefined }, sequence);
    return sequence;
  });
  rows.flush();
  for (const table of ['messages', 'mail']) {
    expect(
      db
        .prepare(`SELECT seq FROM ${table} ORDER BY seq`)
        .all()
        .map(({ seq }) => seq),
    ).toEqual(sequences);
  }
  expect(checkData(db).problems).toEqual([]);
  close();
});
