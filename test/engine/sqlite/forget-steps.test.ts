// Goal: what retention does in steps leaves nothing half done between two of them, and no step does more than its share.
// Method: single operations on a database in memory, with steps that are small and rows that are written by hand; and an
// engine that tells of every write that it makes.
import { expect, it, onTestFinished } from 'vitest';
import { createCounters } from '../../../src/engine/sqlite/counters.ts';
import { IN_MEMORY, openDatabase } from '../../../src/engine/sqlite/database.ts';
import type { Operation, Store } from '../../../src/engine/sqlite/operation.ts';
import { forgetRecords } from '../../../src/engine/sqlite/operations/forget-records.ts';
import { forgetSessions } from '../../../src/engine/sqlite/operations/forget-sessions.ts';
import { createPlainRows } from '../../../src/engine/sqlite/plain-rows.ts';
import { createRecordCount } from '../../../src/engine/sqlite/record-count.ts';
import { createRecordKeys } from '../../../src/engine/sqlite/record-keys.ts';
import { createTapeReader, createTapeWriter } from '../../../src/engine/sqlite/tape.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { openInlineEngine } from '../open-inline-engine.ts';

/** A database of these rows, and how one operation is run on it. */
function openRows(sql: string) {
  const { db } = openDatabase(IN_MEMORY);
  onTestFinished(() => db.close());
  db.exec(sql);
  const keys = createRecordKeys(db);
  const counters = createCounters(db);
  const recordCount = createRecordCount(db);
  const store: Store = { db, keys, rows: createPlainRows(db), counters, recordCount, afterBatch() {} };
  const run = <Request, Reply>(operation: Operation<Request, Reply>, request: Request): Reply => {
    const tape = createTapeWriter();
    const reply = createTapeWriter();
    operation.encode(request, tape);
    operation.prepare(store)(createTapeReader(tape.finish()), reply);
    return operation.decode(createTapeReader(reply.finish()));
  };
  const count = (table: string): unknown => db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count;
  return { db, counters, run, count };
}

it('the records of one message stay together when its last mail is gone between two steps', () => {
  const rows = [
    [1, 4],
    [2, -1],
    [3, -2],
    [4, -3],
    [5, 1],
  ].map(([seq, copies]) => `(${seq}, 'test://sender', 'm', 'test://receiver-${seq}', x'00', 0, ${copies})`);
  const { db, run, count } = openRows(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, copies) VALUES ${rows.join()};
     INSERT INTO mail (seq, priority, envelope) VALUES (4, 2, x'00')`,
  );
  const old = { cutoff: 1, max: 100, scan: 2 };
  const { next } = run(forgetRecords, { ...old, after: 0 });
  expect(next).toBe(2);
  db.exec('DELETE FROM mail');
  expect(run(forgetRecords, { ...old, after: next })).toMatchObject({ byAge: 0 });
  expect(count('messages')).toBe(rows.length);
  // And go together when it is looked at again; the newest record stays.
  for (let after = 0, more = true; more; more = after > 0) after = run(forgetRecords, { ...old, after }).next;
  expect(count('messages')).toBe(1);
});

it('a step that forgets sessions ends after a large snapshot, and says that there are more', () => {
  const size = 100;
  const sessions = [1, 2, 3].map((ord) => `(${ord}, 's${ord}', 1, 10, ${size}, ${ord}, 'completed', '{}')`);
  const { counters, run, count } = openRows(
    `INSERT INTO sessions (ord, session_id, last_sequence, event_bytes, snapshot_bytes, ended_at, state, listed)
     VALUES ${sessions.join()};
     INSERT INTO snapshots (session, sequence, body) SELECT ord, 1, zeroblob(${size}) FROM sessions;
     UPDATE state SET value = ${3 * (10 + size)} WHERE name = 'ended_session_bytes'`,
  );
  const step = { cutoff: 3, maxBytes: 1e6, limit: 16, stepBytes: size };
  expect(run(forgetSessions, step)).toEqual({ byAge: ['s1'], bySize: [], more: true });
  expect(counters.get('ended_session_bytes')).toBe(2 * (10 + size));
  expect(run(forgetSessions, step)).toEqual({ byAge: ['s2'], bySize: [], more: false });
  expect(count('snapshots')).toBe(1);
});

it('a purge of more than one step takes lets others write in between, and counts all of it', async () => {
  const agentId = 'test://receiver';
  const messageIds = ['a', 'b', 'c'];
  const order: string[] = [];
  const engine = await openInlineEngine({
    clock: createFakeClock(),
    random: createSystemRandom(),
    limits: STORE_LIMITS,
    observer: {},
    defer: queueMicrotask,
  });
  onTestFinished(() => engine.close());
  const { deadLetters, journal, mailboxes } = engine;
  const message = { sender: 'test://sender', fingerprint: new Uint8Array(1), recipients: [agentId], priority: 2 };
  const envelope = new Uint8Array(SQLITE_LIMITS.forgetStepBytes);
  const messages = messageIds.map((messageId) => ({ ...message, messageId, acceptedAt: 0, envelope }));
  await journal.commit({ messages });
  const leases = await mailboxes.lease({ agentId, holder: 'h', limit: 3, maxBytes: 1e9, leaseMs: 1_000 });
  const ids = leases.map(({ deliveryId }) => deliveryId);
  await mailboxes.discard(agentId, ids, 'no');
  const listed = await deadLetters.list({ agentId, limit: 3, maxBytes: 1e9 });
  const purged = deadLetters.purge(
    agentId,
    listed.deadLetters.map(({ deadLetterId }) => deadLetterId),
  );
  // Once the first step is done there is one less, and what is sent then is there before the last one is gone.
  while (deadLetters.total().messages === messageIds.length) await journal.flush();
  const sent = journal
    .commit({ messages: [{ ...message, messageId: 'between', acceptedAt: 0, envelope: new Uint8Array(1) }] })
    .then(() => order.push('sent'));
  expect(await purged.finally(() => order.push('purged'))).toBe(messageIds.length);
  await sent;
  expect(order).toEqual(['sent', 'purged']);
  expect(deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
});
