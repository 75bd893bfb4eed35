import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openForReal, RECEIVER, send } from '../programs/open-engine.ts';

// Goal: a stored row that is not what was written is never handed out; the store fails, or does not open.
// Method: a real database is filled and closed, one column of one row is changed by SQL, and the row is asked for.
let dataDir: string;
let engine: Engine | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'agentbus-sums-'));
});
afterEach(async () => {
  await engine?.close();
  rmSync(dataDir, { recursive: true });
});

const index = { state: 'active', members: [], labels: {} };
const lease = (opened: Engine) =>
  opened.mailboxes.lease({ agentId: RECEIVER, holder: 'h', limit: 1, maxBytes: 1_000, leaseMs: 60_000 });
const load = (opened: Engine) => opened.sessions.load('s');
const status = (opened: Engine) => opened.messages.find([{ sender: 'test://sender', messageId: 'm' }]);
const read = (opened: Engine) => opened.sessions.read({ sessionId: 's', after: 0, limit: 9, maxBytes: 1_000 });

async function fill(): Promise<void> {
  const opened = await openForReal(dataDir);
  await send(opened, 'm');
  const events = [Buffer.from('one'), Buffer.from('two')];
  await opened.journal.commit({ append: { sessionId: 's', expectedSequence: 0, events, index } });
  const snapshot = Buffer.from('both');
  await opened.journal.commit({
    append: { sessionId: 's', expectedSequence: 2, events: [Buffer.from('3')], snapshot },
  });
  await opened.agents.put({ agentId: 'a', descriptor: Buffer.from('agent') });
  await opened.metadata.put('name', Buffer.from('value'));
  await opened.close();
}

function change(sql: string): void {
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'));
  expect(db.prepare(sql).run().changes).toBe(1);
  db.close();
}

test.each([
  { sql: "UPDATE mail SET envelope = x'00'", ask: lease },
  { sql: 'UPDATE mail SET priority = 3', ask: lease },
  { sql: 'UPDATE mail SET expires_at = 9', ask: lease },
  { sql: "UPDATE messages SET recipient = 'test://other'", ask: lease },
  { sql: 'DELETE FROM messages', ask: lease },
  { sql: "UPDATE messages SET fingerprint = x'00'", ask: status },
  { sql: 'UPDATE mail SET sum = sum + 1', ask: lease },
  { sql: "UPDATE events SET body = x'00' WHERE sequence = 1", ask: read },
  { sql: 'UPDATE events SET sequence = 9 WHERE sequence = 3', ask: read },
  { sql: "UPDATE snapshots SET body = x'00'", ask: load },
  { sql: 'UPDATE sessions SET last_sequence = 5', ask: load },
  { sql: "UPDATE agents SET descriptor = x'00'", ask: (opened: Engine) => opened.agents.list({ limit: 9 }) },
  { sql: "UPDATE metadata SET value = x'00'", ask: (opened: Engine) => opened.metadata.get('name') },
])('$sql is noticed', async ({ sql, ask }) => {
  await fill();
  change(sql);
  const asked = openForReal(dataDir).then(async (opened): Promise<unknown> => {
    engine = opened;
    return await ask(opened);
  });
  await expect(asked).rejects.toThrow(/is not what was written/);
});

test('rows of before there were checksums are read as they are', async () => {
  await fill();
  change("UPDATE messages SET sum = NULL, recipient = 'test://other'");
  change("UPDATE mail SET sum = NULL, envelope = x'00'");
  engine = await openForReal(dataDir);
  const [found] = await engine.mailboxes.lease({
    agentId: 'test://other',
    holder: 'h',
    limit: 1,
    maxBytes: 1,
    leaseMs: 60_000,
  });
  expect(found?.envelope).toEqual(Uint8Array.of(0));
});
