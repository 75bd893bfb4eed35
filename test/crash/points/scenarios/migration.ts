import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { create, toBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema, MessageType } from '../../../../gen/ts/agentbus/v1/envelope_pb.js';
import { MIGRATIONS, migrate } from '../../../../src/engine/sqlite/schema.ts';
import { AGENT, call, listDeadLetters, receiveAll, type Scenario } from './scenario.ts';

/** Starts the bus on data that its first version wrote. */
export function updateFromFirstVersion(): Scenario {
  return {
    writeData,
    async check(bus) {
      const waiting = await receiveAll(bus);
      assert.deepEqual(
        waiting.map(({ message }) => message.message_id),
        ['urgent', 'large'],
      );
      const dead = await listDeadLetters(bus);
      assert.deepEqual(
        dead.map(({ message }) => message.message_id),
        ['dead'],
      );
      const { statuses } = await call(bus, 'MessageService/GetMessageStatus', { sender: AGENT, message_id: 'done' });
      assert.equal(statuses[0].state, 'MESSAGE_STATE_ACKNOWLEDGED');
    },
    checkData(dataDir) {
      const db = new DatabaseSync(join(dataDir, 'agentbus.db'), { readOnly: true });
      assert.equal(db.prepare('PRAGMA user_version').get()?.user_version, MIGRATIONS.length);
      assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
      db.close();
    },
  };
}

function writeData(dataDir: string): void {
  mkdirSync(dataDir);
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'));
  migrate(db, dataDir, MIGRATIONS.slice(0, 1));
  const now = Date.now();
  const record = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, attempts, outcome, reason)
     VALUES (?, '${AGENT}', ?, '${AGENT}', x'ff', ?, ?, ?, ?)`,
  );
  record.run(1, 'done', now, 0, null, null);
  record.run(2, 'dead', now, 5, 2, 'why');
  record.run(3, 'urgent', now, 1, null, null);
  record.run(4, 'large', now, 0, null, null);
  const mail = db.prepare('INSERT INTO mail (seq, priority, envelope) VALUES (?, ?, ?)');
  mail.run(3, 4, envelope('urgent'));
  mail.run(4, 2, envelope('large', 'x'.repeat(20_000)));
  db.prepare(
    `INSERT INTO dead_letters (seq, sender, message_id, recipient, fingerprint, accepted_at, priority, attempts, reason,
       died_at, envelope)
     VALUES (2, '${AGENT}', 'dead', '${AGENT}', x'ff', ?, 2, 5, 'why', ?, ?)`,
  ).run(now, now, envelope('dead'));
  db.close();
}

function envelope(messageId: string, text = ''): Uint8Array {
  const sender = { agentId: AGENT };
  const recipient = { target: { case: 'agentId', value: AGENT } } as const;
  const messageType = MessageType.NOTIFICATION;
  return toBinary(
    EnvelopeSchema,
    create(EnvelopeSchema, {
      messageId,
      sender,
      recipient,
      messageType,
      content: { case: 'payload', value: { text } },
    }),
  );
}
